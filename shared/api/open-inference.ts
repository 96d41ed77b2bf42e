import { z } from 'zod';

/**
 * The Open Inference Protocol, version 2, over REST with JSON tensors: what clients of KServe, Triton and MLServer
 * speak. https://github.com/kserve/open-inference-protocol
 */
export const INFERENCE_OUTPUTS = ['predict', 'predict_proba'] as const;

const size = z.number().int().min(0);
const parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional();

const requestTensor = z.strictObject({
  name: z.string().max(256),
  shape: z.array(size).min(1).max(2),
  datatype: z.string().max(16).describe('FP64 or FP32'),
  parameters,
  data: z.array(z.unknown()).describe('numbers, row by row, flat or nested'),
});
export type RequestTensor = z.infer<typeof requestTensor>;

export const inferBody = z.strictObject({
  id: z.string().max(256).optional(),
  parameters,
  inputs: z
    .array(requestTensor)
    .min(1)
    .max(10_000)
    .describe('one tensor of shape [rows, features], or one a feature by name, of shape [rows]'),
  outputs: z
    .array(z.strictObject({ name: z.string().max(256), parameters }))
    .max(16)
    .optional(),
});
export type InferBody = z.infer<typeof inferBody>;

const answerTensor = z.strictObject({
  name: z.enum(INFERENCE_OUTPUTS),
  shape: z.array(size),
  datatype: z.enum(['BYTES', 'FP64']),
  data: z.array(z.union([z.string(), z.number()])),
});

export const inferAnswer = z.strictObject({
  model_name: z.string(),
  model_version: z.string(),
  id: z.string().optional(),
  parameters: z.strictObject({ digest: z.string() }),
  outputs: z.array(answerTensor),
});
export type InferAnswer = z.infer<typeof inferAnswer>;

const tensorFacts = z.strictObject({
  name: z.string(),
  datatype: z.string(),
  /** −1 is any number of rows. */
  shape: z.array(z.number().int().min(-1)),
});

export const inferenceModel = z.strictObject({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  inputs: z.array(tensorFacts),
  outputs: z.array(tensorFacts),
});
export type InferenceModel = z.infer<typeof inferenceModel>;

export const inferenceServer = z.strictObject({
  name: z.string(),
  version: z.string(),
  extensions: z.array(z.string()),
});
export type InferenceServer = z.infer<typeof inferenceServer>;

export const inferenceLive = z.strictObject({ live: z.literal(true) });
export const inferenceReady = z.looseObject({ ready: z.literal(true) });
