import {
  inferAnswer,
  inferBody,
  inferenceLive,
  inferenceModel,
  inferenceReady,
  inferenceServer,
} from './open-inference';
import { type Operation, READ, ROWS_FAULTS, VERSION_FAULTS } from './operation';
import { INFER_PATH, INFER_PINNED_PATH } from './paths';
import { noQuery } from './queries';

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

/** The Open Inference Protocol. */
export const INFERENCE_OPERATIONS = {
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
    path: INFER_PATH,
    summary: 'Open Inference Protocol: predict with the champion',
  },
  inferPinned: {
    ...INFER,
    path: INFER_PINNED_PATH,
    summary: 'Open Inference Protocol: predict with one version, by its number or an alias',
  },
} as const satisfies Record<string, Operation>;
