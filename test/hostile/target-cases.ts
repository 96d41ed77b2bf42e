/** The target of a POST with a good body, and its answer. */
export type TargetCase = readonly [target: string, status: number, code: string];

export const TARGET_CASES: readonly TargetCase[] = [
  ['/nothing', 404, 'not-found'],
  ['/serve_decision_tree/', 404, 'not-found'],
  ['/SERVE_decision_tree', 404, 'not-found'],
  ['//serve_decision_tree', 404, 'not-found'],
  ['/./serve_decision_tree', 404, 'not-found'],
  ['/serve_decision_tree%20', 404, 'not-found'],
  ['/serve%5fdecision_tree%00', 404, 'not-found'],
  ['/models/serve/decisiontree', 404, 'not-found'],
  ['/models/serve//3', 404, 'not-found'],
  ['/models/serve/decisiontree/3/', 404, 'not-found'],
  ['/../../etc/passwd', 404, 'not-found'],
  ['*', 404, 'not-found'],
  ['http://a/nothing', 404, 'not-found'],
  ['/%zz', 400, 'invalid-path'],
  ['/%', 400, 'invalid-path'],
  ['/%ff', 400, 'invalid-path'],
  ['/models/serve/decisiontree/%zz', 400, 'invalid-path'],
  ['/serve_decision_tree?explain=banana', 400, 'invalid-query'],
  ['/serve_decision_tree?explain=', 400, 'invalid-query'],
  ['/serve_decision_tree?explain=true&explain=true', 400, 'invalid-query'],
  ['/serve_decision_tree?shadow=..', 400, 'invalid-query'],
  ['/serve_decision_tree?shadow=__proto__', 400, 'invalid-query'],
  ['/serve_decision_tree?Explain=true', 400, 'unknown-query'],
  ['/serve_decision_tree?a=1&a=1', 400, 'unknown-query'],
  ['/serve_decision_tree?__proto__=1', 400, 'unknown-query'],
  ['/train_decision_tree??wait=1', 400, 'unknown-query'],
  ['/train_decision_tree?Wait=1', 400, 'unknown-query'],
  ['/train_decision_tree?wait=1&wait=1', 400, 'invalid-query'],
  ['/train_decision_tree?wait=31', 400, 'invalid-query'],
  ['/train_decision_tree?wait=-1', 400, 'invalid-query'],
  ['/train_decision_tree?wait=', 400, 'invalid-query'],
  ['/train_decision_tree?wait=1e1', 400, 'invalid-query'],
  ['/train_decision_tree?wait=%zz', 400, 'invalid-query'],
];

/** Targets that are no path: the connection closes, since the next request may be part of this one. */
export const TARGETS_REFUSED = [
  '/livez#x',
  '/livez#?a=1',
  'http://[::1/livez',
  'http://a:99999999/livez',
  'http://user:secret@a/livez',
  'http://a b/livez',
  'ftp://a/livez',
  'livez',
  'javascript:alert(1)',
];

export const MODELS_UNKNOWN = [
  '..',
  '%2e%2e%2fx',
  '__proto__',
  'constructor',
  'a:b',
  'a%00b',
  'decisiontree%00',
  'decisiontree%20',
  '%F0%9F%8C%B2',
  'a'.repeat(64),
  'a'.repeat(65),
  'DecisionTree',
];

export const VERSIONS_UNKNOWN = [
  '4',
  '0',
  '-1',
  '-0',
  '1.5',
  '3.0',
  '01',
  '1e3',
  '0x3',
  '9007199254740993',
  '100000000000000000000',
  '999999999999999',
  '3%20',
  '%2b3',
  '+3',
  '%D9%A3',
];

export const ALIASES_UNKNOWN = ['challenger', 'constructor', 'a_b', 'champions'];
