import { z } from 'zod';
import { predictionAnswer, predictionsAnswer, rootAnswer, trainingAnswer, trainingUnderway } from './answers';
import { DASHBOARD_OPERATIONS } from './dashboard-operations';
import { INFERENCE_OPERATIONS } from './inference-operations';
import { MODEL_OPERATIONS } from './model-operations';
import { type Operation, READ, ROWS_FAULTS, VERSION_FAULTS } from './operation';
import { SERVE_PATH, SERVE_PINNED_PATH } from './paths';
import { predictBody } from './predict-body';
import { predictQuery, trainQuery } from './queries';

const PREDICT = {
  methods: ['post'],
  query: predictQuery,
  body: predictBody,
  answers: { 200: z.union([predictionAnswer, predictionsAnswer]) },
  isAdmin: false,
} as const;

/** Everything that the service answers, by name. */
export const OPERATIONS = {
  root: {
    ...READ,
    path: '/',
    summary: 'What is live, and what to do next; for who prefers text/html the dashboard',
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
  ...MODEL_OPERATIONS,
  ...INFERENCE_OPERATIONS,
  ...DASHBOARD_OPERATIONS,
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
