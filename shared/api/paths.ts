/** Paths that are needed before anybody reads the table of operations. `{name}` stands for one part that varies. */
export const SERVE_PATH = '/serve_decision_tree';
export const SERVE_PINNED_PATH = '/models/serve/{model}/{selector}';
export const INFER_PATH = '/v2/models/{model}/infer';
export const INFER_PINNED_PATH = '/v2/models/{model}/versions/{version}/infer';

/** `/models/{model}` → `/models/:model`, as routers spell it; also the name under which requests are counted. */
export function routePath(path: string): string {
  return path.replace(/\{([a-z]+)\}/g, ':$1');
}
