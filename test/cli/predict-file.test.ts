import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { predictFile } from '../../cli/predict-file';
import { decodeServedModel } from '../../services/serving/models/served-model';
import { irisTree, makeVersion } from '../support/stored-versions';

const { recordText, treeText } = makeVersion(1, {
  ...irisTree(),
  classNames: ['setosa', 'a,"b"', 'virginica'],
});
const model = decodeServedModel({ model: 'decisiontree', version: 1, recordText, treeText }, 1);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alder-predict-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function predicted(csv: string): Promise<string> {
  const file = join(folder, 'rows.csv');
  writeFileSync(file, csv);
  const out = new PassThrough();
  const written = text(out);
  try {
    await predictFile(file, model, out, () => undefined);
  } finally {
    out.end();
  }
  return written;
}

test('every record is written with the prediction and one probability for each class behind its cells', async () => {
  const csv = [
    'petal_width,id,petal_length,sepal_width,sepal_length',
    '0.2,"7, ""x""",1.4,3.5,5.1',
    '1.5,8,4.7,3.2,7',
    '',
  ].join('\n');
  expect(await predicted(csv)).toBe(
    [
      'petal_width,id,petal_length,sepal_width,sepal_length,prediction,probability_setosa,"probability_a,""b""",probability_virginica',
      '0.2,"7, ""x""",1.4,3.5,5.1,setosa,1,0,0',
      '1.5,8,4.7,3.2,7,"a,""b""",0,0.75,0.25',
      '',
    ].join('\n'),
  );
});

const HEADER = 'sepal_length,sepal_width,petal_length,petal_width';

test.each([
  ['', 'is empty'],
  ['a,b\n1,2\n', 'line 1: the header lacks the feature "sepal_length" of the model'],
  [`${HEADER},sepal_width\n`, 'line 1: the header names "sepal_width" twice'],
  [`${HEADER},prediction\n1,1,1,1,x\n`, 'line 1: the header already has a column "prediction"'],
  [`${HEADER}\n1,1,1,1\n1,1,x,1\n`, 'line 3: the cell in column 3 is not a number'],
  [`${HEADER}\n1,1,1\n`, 'line 2: the number of cells differs from the header'],
])('the file %j is refused with the line of its fault', async (csv, fault) => {
  await expect(predicted(csv)).rejects.toMatchObject({
    code: 'csv-invalid',
    message: expect.stringContaining(fault),
  });
});
