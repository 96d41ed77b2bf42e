import { z } from 'zod';
import { MODEL_OPERATIONS } from './model-operations';
import { rootAnswer } from './models';
import {
  inferAnswer,
  inferBody,
  inferenceLive,
  inferenceModel,
  inferenceReady,
  inferenceServer,
} from './open-inference';
import {
  INFER_PATH,
  INFER_PINNED_PATH,
  noQuery,
  type Operation,
  READ,
  ROWS_FAULTS,
  SERVE_PATH,
  SERVE_PINNED_PATH,
  VERSION_FAULTS,
} from './operation';
import { predictBody, predictionAnswer, predictionsAnswer, predictQuery } from './predictions';
import { trainingAnswer, trainingUnderway, trainQuery } from './training';

const PREDICT = {
  methods: ['post'],
  query: predictQuery,
  body: predictBody,
  answers: { 200: z.union([predictionAnswer, predictionsAnswer]) },
  isAdmin: false,
} as const;

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

/** All operations of the service, by name. A new route starts with an entry here. */
export const OPERATIONS = {
  root: {
    ...READ,
    path: '/',
    summary: 'The live version and the next steps; the dashboard for a client that prefers text/html',
    answers: { 200: rootAnswer },
  },
  train: {
    ...READ,
    methods: ['get', 'post'],
    path: '/train_decision_tree',
    summary: 'Wait for a version that is fitted on all rows that the log holds now',
    query: trainQuery,
    answers: { 200: trainingAnswer, 202: trainingUnderway },
    faults: [
      'cross-site',
      'no-rows',
      'no-fitted-row',
      'no-trainer',
      'too-many-waiters',
      'registry-unavailable',
    ],
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
    summary: 'Predict with one version, by its number or an alias; the answer holds the number',
    faults: [...ROWS_FAULTS, ...VERSION_FAULTS, 'unknown-alias', 'model-not-loaded'],
  },
  ...MODEL_OPERATIONS,
  inferenceServer: {
    ...READ,
    path: '/v2',
    summary: 'Open Inference Protocol: the name and version of the server',
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
    summary: 'Open Inference Protocol: whether the model can predict',
    answers: { 200: inferenceReady },
  },
  inferenceVersionReady: {
    ...INFERENCE_MODEL,
    path: '/v2/models/{model}/versions/{version}/ready',
    summary: 'Open Inference Protocol: whether one version can predict',
    answers: { 200: inferenceReady },
  },
  infer: {
    ...INFER,
    path: INFER_PATH,
    summary: 'Open Inference Protocol: predict with the champion',
  },
  inferPinned: {
    ...INFER,
    path: INFER_PINNED_PATH,
    summary: 'Open Inference Protocol: predict with one version, by its number or an alias',
  },
  followEvents: {
    ...READ,
    path: '/events',
    summary:
      'Server-sent events until the client disconnects: pipeline (its state, every second), versions and journal (new entries); Last-Event-ID resumes',
    answers: { 200: 'text/event-stream' },
    faults: ['too-many-waiters'],
  },
  showPageFile: {
    ...READ,
    path: '/page/{file}',
    summary: "The page's script or style sheet",
    answers: { 200: 'text/javascript' },
    faults: ['not-found'],
  },
  showOpenApi: {
    ...READ,
    path: '/openapi.json',
    summary: 'This description as OpenAPI',
    answers: { 200: z.looseObject({ openapi: z.literal('3.1.0') }) },
  },
  showDocs: {
    ...READ,
    path: '/docs',
    summary: 'This description as a page',
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
