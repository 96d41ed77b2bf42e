import type { z } from 'zod';
import type { OperatingFault, RequestFault } from '../errors';
import { noQuery } from './queries';

export type Method = 'get' | 'post' | 'put';

/** One thing that the HTTP service does: what a router, a check of requests and a reader of documentation need. */
export interface Operation {
  readonly methods: readonly Method[];
  /** `{name}` stands for one part that varies. */
  readonly path: string;
  readonly summary: string;
  readonly query: z.ZodObject;
  /** The JSON document that is sent; null for none. */
  readonly body: z.ZodType | null;
  /** What comes back when all is well, by status: JSON of this shape, or text of this type. */
  readonly answers: Readonly<Record<number, z.ZodType | string>>;
  /** Codes of the problems that belong to it, beside those that any request can meet. */
  readonly faults: readonly (RequestFault | OperatingFault)[];
  /** Needs the admin token where one is set. */
  readonly isAdmin: boolean;
}

/** Looks at something and changes nothing. */
export const READ = { methods: ['get'], query: noQuery, body: null, faults: [], isAdmin: false } as const;

export const BODY_FAULTS = ['unsupported-media-type', 'body-too-large', 'too-many-waiters'] as const;
export const ROWS_FAULTS = [...BODY_FAULTS, 'empty-rows', 'too-many-rows'] as const;
export const VERSION_FAULTS = [
  'unknown-model',
  'unknown-version',
  'retired-version',
  'registry-unavailable',
] as const;
