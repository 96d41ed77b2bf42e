import { sourceFiles, sourceImports } from './source-files';

test('no file imports itself through others, imports of types included', () => {
  const circles = circlesOf(importGraph());
  expect(circles).toEqual([]);
});

test('a circle of imports is found, and a file that only leads to it is no part of it', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['b']],
    ['d', []],
  ]);
  expect(circlesOf(graph)).toEqual([['b', 'c']]);
});

/** The imports of each source file; names without their endings. */
function importGraph(): Map<string, string[]> {
  const graph = new Map(sourceFiles().map((path) => [nameOf(path), [] as string[]]));
  for (const { by, of } of sourceImports()) if (graph.has(of)) graph.get(nameOf(by))!.push(of);
  return graph;
}

function nameOf(path: string): string {
  return path.replace(/(\.d)?\.tsx?$/, '');
}

/**
 * The groups of files that all import each other, directly or through others, each group sorted.
 *
 * R. Tarjan, Depth-first search and linear graph algorithms, SIAM Journal on Computing 1 (1972), 146–160.
 */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const place = order.size;
    order.set(file, place);
    low.set(file, place);
    open.push(file);
    for (const of of graph.get(file)!) {
      if (!order.has(of)) low.set(file, Math.min(low.get(file)!, visit(of)));
      else if (open.includes(of)) low.set(file, Math.min(low.get(file)!, order.get(of)!));
    }
    if (low.get(file) === place) {
      const group = open.splice(open.indexOf(file));
      if (group.length > 1) circles.push(group.sort());
    }
    return low.get(file)!;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return circles;
}
