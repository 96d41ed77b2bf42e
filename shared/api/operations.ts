import { z } from 'zod';
import type { OperatingFault, RequestFault } from '../errors';
import { changeBody, pointBody } from './admin-bodies';
import {
  predictionAnswer,
  predictionsAnswer,
  rootAnswer,
  trainingAnswer,
  trainingUnderway,
  versionsAnswer,
} from './answers';
import {
  inferAnswer,
  inferBody,
  inferenceLive,
  inferenceModel,
  inferenceReady,
  inferenceServer,
} from './open-inference';
import { SERVE_PATH, SERVE_PINNED_PATH } from './paths';
import { predictBody } from './predict-body';
import { journalQuery, noQuery, predictQuery, trainQuery, versionsQuery } from './queries';
import {
  aliasAnswer,
  aliasChangedAnswer,
  aliasesAnswer,
  journalAnswer,
  liveAtAnswer,
  modelAnswer,
  modelsAnswer,
  shadowAnswer,
} from './version-answers';

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

const READ = { methods: ['get'], query: noQuery, body: null, faults: [], isAdmin: false } as const;
const ADMIN = { query: noQuery, isAdmin: true } as const;

const PREDICT = {
  methods: ['post'],
  query: predictQuery,
  body: predictBody,
  answers: { 200: z.union([predictionAnswer, predictionsAnswer]) },
  isAdmin: false,
} as const;

const BODY_FAULTS = ['unsupported-media-type', 'body-too-large', 'too-many-waiters'] as const;
const ROWS_FAULTS = [...BODY_FAULTS, 'empty-rows', 'too-many-rows'] as const;
const VERSION_FAULTS = [
  'unknown-model',
  'unknown-version',
  'retired-version',
  'registry-unavailable',
] as const;
const ADMIN_FAULTS = [
  ...BODY_FAULTS,
  'unauthorized',
  'forbidden-host',
  'field-invalid',
  'precondition-failed',
  'invalid-header',
  'unknown-model',
  'registry-unavailable',
  'outcome-unknown',
] as const;

const INFERENCE_MODEL = {
  ...READ,
  answers: { 200: inferenceModel },
  faults: [...VERSION_FAULTS, 'unknown-alias', 'model-not-loaded'],
} as const;

const INFER = {
  methods: ['post'],
  query: noQuery,
  body: inferBody,
  answers: { 200: inferAnswer },
  faults: [
    ...ROWS_FAULTS,
    ...VERSION_FAULTS,
    'field-invalid',
    'tensor-inputs',
    'tensor-datatype',
    'tensor-shape',
    'tensor-output',
    'unknown-alias',
    'model-not-loaded',
  ],
  isAdmin: false,
} as const;

/** Everything that the service answers, by name. */
export const OPERATIONS = {
  root: {
    ...READ,
    path: '/',
    summary: 'What is live, and what to do next; a page for who prefers text/html',
    answers: { 200: rootAnswer },
  },
  train: {
    ...READ,
    methods: ['get', 'post'],
    path: '/train_decision_tree',
    summary: 'Be trained on all that the log holds now',
    query: trainQuery,
    answers: { 200: trainingAnswer, 202: trainingUnderway },
    faults: ['no-rows', 'no-fitted-row', 'no-trainer', 'too-many-waiters', 'registry-unavailable'],
  },
  serveChampion: {
    ...PREDICT,
    path: SERVE_PATH,
    summary: 'Predict with the champion',
    faults: [...ROWS_FAULTS, 'model-not-loaded'],
  },
  servePinned: {
    ...PREDICT,
    path: SERVE_PINNED_PATH,
    summary: 'Predict with one version, by its number or an alias; the answer names the number',
    faults: [...ROWS_FAULTS, ...VERSION_FAULTS, 'unknown-alias', 'model-not-loaded'],
  },
  listModels: {
    ...READ,
    path: '/models',
    summary: 'The models that are served here',
    answers: { 200: modelsAnswer },
    faults: ['registry-unavailable'],
  },
  showModel: {
    ...READ,
    path: '/models/{model}',
    summary: 'What is live, what is newest, and what the model reads and says',
    answers: { 200: modelAnswer },
    faults: ['unknown-model', 'registry-unavailable'],
  },
  listVersions: {
    ...READ,
    path: '/models/{model}/versions',
    summary: 'The stored versions, ascending, a page at a time',
    query: versionsQuery,
    answers: { 200: versionsAnswer },
    faults: ['unknown-model', 'registry-unavailable'],
  },
  showVersion: {
    ...READ,
    path: '/models/{model}/versions/{version}',
    summary: 'The record of a version, byte for byte as it is stored',
    answers: { 200: z.looseObject({ format: z.literal('alder-version/1') }) },
    faults: VERSION_FAULTS,
  },
  listAliases: {
    ...READ,
    path: '/models/{model}/aliases',
    summary: 'What points where',
    answers: { 200: aliasesAnswer },
    faults: ['unknown-model', 'registry-unavailable'],
  },
  showAlias: {
    ...READ,
    path: '/models/{model}/aliases/{alias}',
    summary: 'Where an alias points; its ETag is what a move names in If-Match',
    answers: { 200: aliasAnswer },
    faults: ['unknown-model', 'unknown-alias', 'registry-unavailable'],
  },
  putAlias: {
    ...ADMIN,
    methods: ['put'],
    path: '/models/{model}/aliases/{alias}',
    summary: 'Point an alias at a version: If-Match with its ETag, or If-None-Match: * for a new one',
    body: pointBody,
    answers: { 200: aliasChangedAnswer },
    faults: [...ADMIN_FAULTS, 'precondition-required', 'alias-name', 'too-many-aliases', 'unknown-version'],
  },
  rollback: {
    ...ADMIN,
    methods: ['post'],
    path: '/models/{model}/rollback',
    summary: 'Make the champion before the live one the champion again, and hold it',
    body: changeBody,
    answers: { 200: aliasChangedAnswer },
    faults: [...ADMIN_FAULTS, 'nothing-before'],
  },
  release: {
    ...ADMIN,
    methods: ['post'],
    path: '/models/{model}/release',
    summary: 'Let a held champion follow the gate again',
    body: changeBody,
    answers: { 200: aliasChangedAnswer },
    faults: [...ADMIN_FAULTS, 'model-not-loaded'],
  },
  showJournal: {
    ...READ,
    path: '/models/{model}/journal',
    summary: 'Every change of what is live, newest first; with ?at= where the aliases stood then',
    query: journalQuery,
    answers: { 200: z.union([journalAnswer, liveAtAnswer]) },
    faults: ['unknown-model', 'registry-unavailable'],
  },
  showShadow: {
    ...READ,
    path: '/models/{model}/shadow',
    summary: 'How often a shadow said the same as what was served, by pairs of versions, the newest first',
    answers: { 200: shadowAnswer },
    faults: ['unknown-model', 'too-many-waiters'],
  },
  inferenceServer: {
    ...READ,
    path: '/v2',
    summary: 'Open Inference Protocol: which server this is',
    answers: { 200: inferenceServer },
  },
  inferenceLive: {
    ...READ,
    path: '/v2/health/live',
    summary: 'Open Inference Protocol: whether the process answers',
    answers: { 200: inferenceLive },
  },
  inferenceReady: {
    ...READ,
    path: '/v2/health/ready',
    summary: 'Open Inference Protocol: whether a model is loaded',
    answers: { 200: inferenceReady },
    faults: ['model-not-loaded'],
  },
  inferenceModel: {
    ...INFERENCE_MODEL,
    path: '/v2/models/{model}',
    summary: 'Open Inference Protocol: the tensors of the model',
  },
  inferenceVersion: {
    ...INFERENCE_MODEL,
    path: '/v2/models/{model}/versions/{version}',
    summary: 'Open Inference Protocol: the tensors of one version, by its number or an alias',
  },
  inferenceModelReady: {
    ...INFERENCE_MODEL,
    path: '/v2/models/{model}/ready',
    summary: 'Open Inference Protocol: whether the model can be asked',
    answers: { 200: inferenceReady },
  },
  inferenceVersionReady: {
    ...INFERENCE_MODEL,
    path: '/v2/models/{model}/versions/{version}/ready',
    summary: 'Open Inference Protocol: whether one version can be asked',
    answers: { 200: inferenceReady },
  },
  infer: {
    ...INFER,
    path: '/v2/models/{model}/infer',
    summary: 'Open Inference Protocol: predict with the champion',
  },
  inferPinned: {
    ...INFER,
    path: '/v2/models/{model}/versions/{version}/infer',
    summary: 'Open Inference Protocol: predict with one version, by its number or an alias',
  },
  showOpenApi: {
    ...READ,
    path: '/openapi.json',
    summary: 'This description, for programs',
    answers: { 200: z.looseObject({ openapi: z.literal('3.1.0') }) },
  },
  showDocs: {
    ...READ,
    path: '/docs',
    summary: 'This description, for people',
    answers: { 200: 'text/html' },
  },
  livez: {
    ...READ,
    path: '/livez',
    summary: 'Whether the process answers',
    answers: { 200: z.looseObject({}) },
  },
  readyz: {
    ...READ,
    path: '/readyz',
    summary: 'Whether a model is loaded',
    answers: { 200: z.looseObject({ ready: z.literal(true) }) },
    faults: ['model-not-loaded'],
  },
  metrics: {
    ...READ,
    path: '/metrics',
    summary: 'Figures in the text format of Prometheus',
    answers: { 200: 'text/plain' },
  },
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof OPERATIONS;
