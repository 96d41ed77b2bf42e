import { AlderError } from '../errors';

/** Throws `import-invalid` with the fault of the file that was to be imported. */
export function refuseImport(fault: string, cause?: unknown): never {
  throw new AlderError('import-invalid', `the ONNX file: ${fault}`, {
    hint: 'convert one sklearn.tree.DecisionTreeClassifier by skl2onnx with the option {"zipmap": False}',
    ...(cause === undefined ? {} : { cause }),
  });
}
