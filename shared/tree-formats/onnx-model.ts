import { Root } from 'protobufjs/light';
import { ONNX_MESSAGES } from './onnx-proto';

/** TensorProto.DataType, the ones that are used here. */
export const ELEMENT = { float: 1, int64: 7, string: 8, double: 11 } as const;
/** AttributeProto.AttributeType, likewise. */
export const ATTRIBUTE = { string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

/** 64 bits: a number when written, an object that holds them all when read. */
export type Int64 = number | { toNumber(): number; toString(): string };

// What is read has every repeated field, an empty text for a missing one, and null for a missing message.
export interface OnnxModel {
  readonly irVersion: Int64;
  readonly producerName: string;
  readonly producerVersion: string;
  readonly graph: OnnxGraph | null;
  readonly opsetImport: readonly { readonly domain: string; readonly version: Int64 }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
  readonly functions: readonly Uint8Array[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly node: readonly OnnxNode[];
  readonly initializer: readonly OnnxTensor[];
  readonly input: readonly OnnxValue[];
  readonly output: readonly OnnxValue[];
}

export interface OnnxNode {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly attribute: readonly OnnxAttribute[];
}

export interface OnnxAttribute {
  readonly name: string;
  readonly type: number;
  readonly i: Int64;
  readonly s: Uint8Array;
  readonly t: OnnxTensor | null;
  readonly floats: readonly number[];
  readonly ints: readonly Int64[];
  readonly strings: readonly Uint8Array[];
}

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly Int64[];
  readonly dataType: number;
  readonly floatData: readonly number[];
  readonly doubleData: readonly number[];
  readonly rawData: Uint8Array;
}

export interface OnnxValue {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: {
        readonly dim: readonly { readonly dimValue: Int64; readonly dimParam: string }[];
      } | null;
    } | null;
  } | null;
}

/** A message with whatever fields are to be written; the others take no bytes. */
export type Written<Message> = Message extends Uint8Array | number | string
  ? Message
  : { readonly [Field in keyof Message]?: Written<Message[Field]> };

const modelProto = Root.fromJSON(ONNX_MESSAGES).lookupType('ModelProto');

export function encodeModel(model: Written<OnnxModel>): Uint8Array {
  return modelProto.encode(modelProto.create(model)).finish();
}

/** Throws whatever the decoder throws when the bytes are no such message. */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  return modelProto.decode(bytes) as unknown as OnnxModel;
}
