/** An element as fast-xml-builder takes it: its name with its children, in their order, and its attributes under `:@`. */
export interface Element {
  readonly [name: string]: readonly Element[] | Record<string, string | number>;
}

export function element(
  name: string,
  attributes: Record<string, string | number> = {},
  children: readonly Element[] = [],
): Element {
  return { [name]: children, ':@': attributes };
}
