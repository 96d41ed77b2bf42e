import { z } from 'zod';
import type { OperatingFault, RequestFault } from '../errors';

export type Method = 'get' | 'post' | 'put';

/** An operation of the HTTP service, as the router, the checks of requests and the OpenAPI document need it. */
export interface Operation {
  readonly methods: readonly Method[];
  /** `{name}` is a parameter of one path segment. */
  readonly path: string;
  readonly summary: string;
  readonly query: z.ZodObject;
  /** The JSON document of a request; null without one. */
  readonly body: z.ZodType | null;
  /** The successful answers by status: JSON of a shape, or text of a media type. */
  readonly answers: Readonly<Record<number, z.ZodType | string>>;
  /** The codes of the operation's own problems; any request can get some other codes too. */
  readonly faults: readonly (RequestFault | OperatingFault)[];
  /** Whether a request needs the admin token, if one is configured. */
  readonly isAdmin: boolean;
}

/** No query parameter. */
export const noQuery = z.strictObject({});

/** The common part of operations that change nothing. */
export const READ = { methods: ['get'], query: noQuery, body: null, faults: [], isAdmin: false } as const;

export const BODY_FAULTS = ['unsupported-media-type', 'body-too-large', 'too-many-waiters'] as const;
export const ROWS_FAULTS = [...BODY_FAULTS, 'empty-rows', 'too-many-rows'] as const;
export const VERSION_FAULTS = [
  'unknown-model',
  'unknown-version',
  'retired-version',
  'registry-unavailable',
] as const;

/** The paths of predictions, which the serving side also matches and counts without the table of operations. */
export const SERVE_PATH = '/serve_decision_tree';
export const SERVE_PINNED_PATH = '/models/serve/{model}/{selector}';
export const INFER_PATH = '/v2/models/{model}/infer';
export const INFER_PINNED_PATH = '/v2/models/{model}/versions/{version}/infer';

/** `/models/{model}` → `/models/:model`, the router's spelling; requests are counted under it too. */
export function routePath(path: string): string {
  return path.replace(/\{([a-z]+)\}/g, ':$1');
}

/** The body of every error answer: RFC 9457 with a stable `code` and, for an invalid body, the places of its faults. */
export const problemBody = z.looseObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.number().int().min(400).max(599),
  code: z.string(),
  detail: z.string(),
  /** The faults of the request's body, at most 20; the first one has the code above. Empty for other errors. */
  errors: z.array(z.strictObject({ pointer: z.string(), code: z.string() })).max(20),
});
export type ProblemBody = z.infer<typeof problemBody>;
