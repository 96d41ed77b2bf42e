import { type INamespace, Root } from 'protobufjs/light';

/** The values of TensorProto.DataType in use. */
export const ELEMENT = { float: 1, int64: 7, string: 8, double: 11 } as const;
/** The values of AttributeProto.AttributeType in use. */
export const ATTRIBUTE = { string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

/** A 64-bit integer: a number when written, an object that keeps all bits when read. */
export type Int64 = number | { toNumber(): number; toString(): string };

// A decoded message has every repeated field, '' for a missing text, and null for a missing message.
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

/** A message to encode; an absent field takes no bytes. */
export type Written<Message> = Message extends Uint8Array | number | string
  ? Message
  : { readonly [Field in keyof Message]?: Written<Message[Field]> };

export function encodeModel(model: Written<OnnxModel>): Uint8Array {
  return modelProto.encode(modelProto.create(model)).finish();
}

/** Throws the decoder's error when the bytes are not a model. */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  return modelProto.decode(bytes) as unknown as OnnxModel;
}

/** A field's number and type as in onnx.proto: `one` for a single field, `many` for a repeated one. */
const one = (id: number, type: string) => ({ id, type });
const many = (id: number, type: string, isPacked = false) => ({
  id,
  type,
  rule: 'repeated',
  // onnx.proto is proto2, where a repeated number is packed only if its field says so.
  options: { packed: isPacked },
});

/**
 * The ONNX messages of a classifier, with the fields that the export writes or the import reads; the decoder skips all
 * other fields. Source: onnx/onnx.proto of github.com/onnx/onnx, IR version 8.
 */
const ONNX_MESSAGES: INamespace = {
  nested: {
    ModelProto: {
      fields: {
        irVersion: one(1, 'int64'),
        producerName: one(2, 'string'),
        producerVersion: one(3, 'string'),
        graph: one(7, 'GraphProto'),
        opsetImport: many(8, 'OperatorSetIdProto'),
        metadataProps: many(14, 'StringStringEntryProto'),
        // Operators that the file defines; the import refuses a file that has any.
        functions: many(25, 'bytes'),
      },
    },
    OperatorSetIdProto: { fields: { domain: one(1, 'string'), version: one(2, 'int64') } },
    StringStringEntryProto: { fields: { key: one(1, 'string'), value: one(2, 'string') } },
    GraphProto: {
      fields: {
        node: many(1, 'NodeProto'),
        name: one(2, 'string'),
        initializer: many(5, 'TensorProto'),
        input: many(11, 'ValueInfoProto'),
        output: many(12, 'ValueInfoProto'),
      },
    },
    NodeProto: {
      fields: {
        input: many(1, 'string'),
        output: many(2, 'string'),
        name: one(3, 'string'),
        opType: one(4, 'string'),
        attribute: many(5, 'AttributeProto'),
        domain: one(7, 'string'),
      },
    },
    AttributeProto: {
      fields: {
        name: one(1, 'string'),
        i: one(3, 'int64'),
        s: one(4, 'bytes'),
        t: one(5, 'TensorProto'),
        floats: many(7, 'float'),
        ints: many(8, 'int64'),
        strings: many(9, 'bytes'),
        type: one(20, 'int32'),
      },
    },
    TensorProto: {
      fields: {
        dims: many(1, 'int64'),
        dataType: one(2, 'int32'),
        floatData: many(4, 'float', true),
        name: one(8, 'string'),
        rawData: one(9, 'bytes'),
        doubleData: many(10, 'double', true),
      },
    },
    ValueInfoProto: { fields: { name: one(1, 'string'), type: one(2, 'TypeProto') } },
    TypeProto: { fields: { tensorType: one(1, 'TensorTypeProto') } },
    TensorTypeProto: { fields: { elemType: one(1, 'int32'), shape: one(2, 'TensorShapeProto') } },
    TensorShapeProto: { fields: { dim: many(1, 'DimensionProto') } },
    DimensionProto: { fields: { dimValue: one(1, 'int64'), dimParam: one(2, 'string') } },
  },
};

const modelProto = Root.fromJSON(ONNX_MESSAGES).lookupType('ModelProto');
