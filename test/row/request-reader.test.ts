import { type RequestRead, RequestReader } from '../../shared/row/request-reader';

const NAMES = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const ROWS_MAX = 1_000;

function read(body: string | Uint8Array, names: readonly string[] = NAMES, rowsMax = ROWS_MAX): RequestRead {
  return new RequestReader(names, rowsMax).read(typeof body === 'string' ? Buffer.from(body) : body);
}

/** Status and faults, each as "pointer code". */
function refusal(read: RequestRead): (number | string)[] {
  return read.ok ? [200] : [read.status, ...read.faults.map(({ pointer, code }) => `${pointer} ${code}`)];
}

const ROW = [5.1, 3.5, 1.4, 0.2];
const NAMED = '{"petal_width":0.2,"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4}';

describe('accepted requests', () => {
  test.each([
    ['one row by position', '{"data":[5.1,3.5,1.4,0.2]}', true, ROW],
    ['one row by name', `{"data":${NAMED}}`, true, ROW],
    ['a list of one', '{"data":[[5.1,3.5,1.4,0.2]]}', false, ROW],
    ['a list of one by name', `{"data":[${NAMED}]}`, false, ROW],
    [
      'a list of both kinds',
      `{"data":[[1,2,3,4],${NAMED}, [-0,1e-999,5e-324,-1]]}`,
      false,
      [1, 2, 3, 4, ...ROW, 0, 0, 5e-324, -1],
    ],
  ])('a request with %s is read', (_, body, single, features) => {
    const rowCount = features.length / 4;
    expect(read(body)).toEqual({ ok: true, single, rowCount, features: Float64Array.from(features) });
  });

  test('a request with exactly the most rows is read, and a later request does not change its values', () => {
    const reader = new RequestReader(['x'], ROWS_MAX);
    const rows = Array.from({ length: ROWS_MAX }, (_, i) => [i]);
    const many = reader.read(Buffer.from(JSON.stringify({ data: rows })));
    reader.read(Buffer.from('{"data":[[7],[7],[7]]}'));
    expect(many).toEqual({
      ok: true,
      single: false,
      rowCount: ROWS_MAX,
      features: Float64Array.from(rows.flat()),
    });
  });
});

describe('bodies with a parse fault', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['empty', '', 'invalid-json'],
    ['truncated', '{"data":[5.1,3.5', 'invalid-json'],
    ['trailing comma', '{"data":[5.1,3.5,1.4,0.2],}', 'invalid-json'],
    ['comment', '{"data":[5.1,3.5,1.4,0.2]/**/}', 'invalid-json'],
    ['single quotes', "{'data':[5.1,3.5,1.4,0.2]}", 'invalid-json'],
    ['two documents', '{"data":[5.1,3.5,1.4,0.2]}{}', 'invalid-json'],
    ['NaN', '{"data":[NaN,3.5,1.4,0.2]}', 'invalid-json'],
    ['Infinity', '{"data":[Infinity,3.5,1.4,0.2]}', 'invalid-json'],
    ['a bad word behind the look of a list', '{"data":[[5.1],nul]}', 'invalid-json'],
    ['byte order mark', '\uFEFF{"data":[5.1,3.5,1.4,0.2]}', 'invalid-json'],
    ['UTF-16', Buffer.from('{"data":[5.1,3.5,1.4,0.2]}', 'utf16le'), 'invalid-json'],
    ['invalid UTF-8 inside a string', Buffer.from('{"data":["\xff"]}', 'latin1'), 'invalid-utf8'],
    ['duplicate key', '{"data":[1,2,3,4],"data":[1,2,3,4]}', 'duplicate-key'],
    ['duplicate feature', '{"data":{"sepal_length":1,"sepal_length":1}}', 'duplicate-key'],
    ['duplicate key behind other faults', '{"data":"x","y":[{"a":1,"a":2}]}', 'duplicate-key'],
    ['__proto__', '{"data":[1,2,3,4],"__proto__":{}}', 'forbidden-key'],
    ['__proto__ in escapes', '{"data":{"__pr\\u006fto__":1}}', 'forbidden-key'],
    ['500,000 nested arrays', '['.repeat(500_000) + ']'.repeat(500_000), 'too-deep'],
    ['500,000 nested arrays as data', `{"data":${'['.repeat(500_000)}`, 'too-deep'],
    [
      '90,000 keys',
      `{"data":{${Array.from({ length: 90_000 }, (_, i) => `"k${i}":0`).join()}}}`,
      'too-many-fields',
    ],
  ])('a body that cannot be parsed is 400 and names no place: %s', (_, body, code) => {
    expect(refusal(read(body))).toEqual([400, ` ${code}`]);
  });
});

describe('bodies that parse and are refused', () => {
  const missing = (at: string) => NAMES.map((name) => `${at}/${name} missing-feature`);
  test.each<[string, string[]]>([
    ['[]', [' not-an-object']],
    ['null', [' not-an-object']],
    ['5', [' not-an-object']],
    ['"text"', [' not-an-object']],
    ['{}', ['/data missing-data']],
    ['{"Data":[5.1,3.5,1.4,0.2]}', [' unknown-key', '/data missing-data']],
    ['{"data":[5.1,3.5,1.4,0.2],"explain":true,"more":1}', [' unknown-key']],
    ['{"x":1,"data":[5.1,3.5,1.4]}', [' unknown-key', '/data feature-count']],
    ['{"data":null}', ['/data data-type']],
    ['{"data":"5.1,3.5"}', ['/data data-type']],
    ['{"data":5.1}', ['/data data-type']],
    ['{"data":true}', ['/data data-type']],
    ['{"data":[]}', ['/data empty-rows']],
    ['{"data":{}}', missing('/data')],
    ['{"data":[{}]}', missing('/data/0')],
    ['{"data":[[]]}', ['/data/0 feature-count']],
    ['{"data":[5.1,3.5,1.4]}', ['/data feature-count']],
    ['{"data":[5.1,3.5,1.4,0.2,1]}', ['/data feature-count']],
    ['{"data":[5.1,null,1.4]}', ['/data feature-count', '/data/1 feature-type']],
    ['{"data":["5.1",3.5,1.4,0.2]}', ['/data/0 feature-type']],
    [
      '{"data":["",true,null,[5]]}',
      ['/data/0 feature-type', '/data/1 feature-type', '/data/2 feature-type', '/data/3 feature-type'],
    ],
    ['{"data":[[5],3.5,1.4,0.2]}', ['/data/0 feature-type']],
    ['{"data":[5.1,[5],1.4,0.2]}', ['/data/1 feature-type']],
    [
      '{"data":[[5],{},[1,2,3,4],0.2]}',
      ['/data/0 feature-type', '/data/1 feature-type', '/data/2 feature-type'],
    ],
    [
      '{"data":[[5.1,3.5,1.4,0.2],null]}',
      ['/data feature-count', '/data/0 feature-type', '/data/1 feature-type'],
    ],
    ['{"data":[1e999,3.5,-1e999,0.2]}', ['/data/0 non-finite', '/data/2 non-finite']],
    [`{"data":[5.1,${'1'.repeat(1_000_000)},1.4,0.2]}`, ['/data/1 non-finite']],
    [
      '{"data":{"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4}}',
      ['/data/petal_width missing-feature'],
    ],
    [`{"data":${NAMED.replace('}', ',"constructor":1,"colour":"blue"}')}}`, ['/data unknown-feature']],
    [`{"data":${NAMED.replace('5.1', '"5.1"')}}`, ['/data/sepal_length feature-type']],
    [
      `{"data":${NAMED.replace('sepal_length', 'length')}}`,
      ['/data/sepal_length missing-feature', '/data unknown-feature'],
    ],
  ])('the body %.70s is 422 with the places of its faults', (body, faults) => {
    expect(refusal(read(body))).toEqual([422, ...faults]);
  });

  test('one bad row in 1,000 refuses the whole request with its place', () => {
    const rows: unknown[] = Array.from({ length: 1_000 }, () => ROW);
    rows[417] = [5.1, 3.5, 'x', 0.2];
    expect(refusal(read(JSON.stringify({ data: rows })))).toEqual([422, '/data/417/2 feature-type']);
    rows[417] = { sepal_length: null, sepal_width: 1, petal_length: 1, petal_width: 1 };
    expect(refusal(read(JSON.stringify({ data: rows })))).toEqual([
      422,
      '/data/417/sepal_length feature-type',
    ]);
    rows[417] = [5.1];
    expect(refusal(read(JSON.stringify({ data: rows })))).toEqual([422, '/data/417 feature-count']);
  });

  test('a refusal names the first 20 of many faults, in the order of the rows', () => {
    const rows = Array.from({ length: 30 }, () => [5.1]);
    const faults = Array.from({ length: 20 }, (_, i) => `/data/${i} feature-count`);
    expect(refusal(read(JSON.stringify({ data: rows })))).toEqual([422, ...faults]);
    expect(refusal(read(JSON.stringify({ data: rows, more: 1 })))).toEqual([
      422,
      ' unknown-key',
      ...faults.slice(0, 19),
    ]);
  });

  test('too many rows are the only fault of a body, unless it cannot be parsed', () => {
    const rows = JSON.stringify(Array.from({ length: ROWS_MAX + 1 }, () => [5.1]));
    expect(refusal(read(`{"data":${rows}}`))).toEqual([422, '/data too-many-rows']);
    expect(refusal(read(`{"data":${rows}`))).toEqual([400, ' invalid-json']);
    expect(refusal(read(`{"data":${rows.replace(/]]$/, '],[{"a":1,"a":2}]]')}}`))).toEqual([
      400,
      ' duplicate-key',
    ]);
  });

  test('a feature name is escaped in its pointer by RFC 6901', () => {
    expect(refusal(read('{"data":{}}', ['a/b', 'm~n', '~1']))).toEqual([
      422,
      '/data/a~1b missing-feature',
      '/data/m~0n missing-feature',
      '/data/~01 missing-feature',
    ]);
  });

  test('a refusal repeats no text of the client', () => {
    const secret = 'hunter2';
    const bodies = [
      `{"${secret}":1}`,
      `{"data":"${secret}"}`,
      `{"data":{"${secret}":"${secret}"}}`,
      `{"data":["${secret}"]}`,
    ];
    for (const body of bodies) expect(JSON.stringify(read(body))).not.toContain(secret);
  });
});

test('a refused request does not affect the next request', () => {
  const reader = new RequestReader(NAMES, 3);
  for (const bad of [
    '{"data":[["x"',
    '{"data":[[1],[2],[3],[4]]}',
    '{"data":[[5],1]}',
    '{"data":{"x":1}}',
    '[]',
  ]) {
    expect(reader.read(Buffer.from(bad)).ok).toBe(false);
    expect(reader.read(Buffer.from('{"data":[[5.1,3.5,1.4,0.2]]}'))).toEqual({
      ok: true,
      single: false,
      rowCount: 1,
      features: Float64Array.from(ROW),
    });
  }
});
