import { AlderError } from '../../errors';
import { ELEMENT, type Int64, type OnnxAttribute, type OnnxNode, type OnnxTensor } from './messages';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The attributes of one operator by name. Every method throws `import-invalid` naming the attribute at fault. */
export class OnnxAttributes {
  private readonly byName = new Map<string, OnnxAttribute>();

  /** Refuses an attribute that is not in `known`, because it could change the predictions. */
  constructor(node: OnnxNode, known: readonly string[]) {
    for (const attribute of node.attribute) {
      const { name } = attribute;
      if (!known.includes(name)) refuseImport(`${node.opType} has the attribute ${quoted(name)}`);
      if (this.byName.has(name)) refuseImport(`${node.opType} has the attribute ${name} twice`);
      this.byName.set(name, attribute);
    }
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** Whole numbers from 0 up; exactly `length` of them where `length` is given. */
  readIndices(name: string, length?: number): number[] {
    return this.sized(name, this.named(name).ints, length).map((value) => indexOf(value, name));
  }

  /** 64-bit numbers as decimal text. */
  readIntegerTexts(name: string): string[] {
    return this.named(name).ints.map(String);
  }

  readTexts(name: string, length?: number): string[] {
    return this.sized(name, this.named(name).strings, length).map((bytes) => textOf(bytes, name));
  }

  readText(name: string, otherwise: string): string {
    return this.has(name) ? textOf(this.named(name).s, name) : otherwise;
  }

  /** Finite numbers, from the attribute `name` (float32) or from the tensor `name`_as_tensor (double). */
  readNumbers(name: string, length: number): number[] {
    const tensorName = `${name}_as_tensor`;
    if (this.has(name) && this.has(tensorName)) refuseImport(`it has both ${name} and ${tensorName}`);
    const values = this.has(tensorName)
      ? numbersOf(this.named(tensorName).t, tensorName)
      : this.named(name).floats;
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) refuseImport(`${name}[${bad}] is not a finite number`);
    return this.sized(name, values, length).slice();
  }

  private named(name: string): OnnxAttribute {
    return this.byName.get(name) ?? refuseImport(`the attribute ${name} is missing`);
  }

  private sized<Value>(name: string, values: readonly Value[], length?: number): readonly Value[] {
    if (length !== undefined && values.length !== length) {
      refuseImport(`${name} has ${values.length} entries, not ${length}`);
    }
    return values;
  }
}

/** A name from a file, quoted and shortened for an error message. */
export function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}

/** A 64-bit integer that is an index or a size, as a number. */
export function indexOf(value: Int64, name: string): number {
  const index = typeof value === 'number' ? value : value.toNumber();
  if (!Number.isSafeInteger(index) || index < 0) refuseImport(`${name} holds ${String(value)}`);
  return index;
}

function textOf(bytes: Uint8Array, name: string): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    return refuseImport(`${name} is not valid UTF-8`, cause);
  }
}

function numbersOf(tensor: OnnxTensor | null, name: string): readonly number[] {
  if (tensor === null || tensor.dataType !== ELEMENT.double)
    refuseImport(`${name} is not a tensor of doubles`);
  const { rawData, doubleData } = tensor;
  if (rawData.length === 0) return doubleData;
  if (rawData.length % 8 !== 0) refuseImport(`${name} has ${rawData.length} bytes`);
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Array.from({ length: rawData.length / 8 }, (_, i) => view.getFloat64(i * 8, true));
}

/** Throws `import-invalid` with the fault of the imported file. */
export function refuseImport(fault: string, cause?: unknown): never {
  throw new AlderError('import-invalid', `the ONNX file: ${fault}`, {
    hint: 'convert one sklearn.tree.DecisionTreeClassifier by skl2onnx with the option {"zipmap": False}',
    ...(cause === undefined ? {} : { cause }),
  });
}
