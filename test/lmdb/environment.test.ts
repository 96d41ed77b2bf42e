import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, openEnvironment } from '../../shared/lmdb/environment';

const FAULT = 'log-unavailable';

describe('the embedded environment', () => {
  let folder = '';
  const opened: Environment[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'alder-environment-'));
  });

  afterEach(async () => {
    for (const environment of opened.splice(0)) await environment.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function openHere(dataDir = folder): Environment {
    const environment = openEnvironment(dataDir);
    opened.push(environment);
    return environment;
  }

  describe('opening', () => {
    test('opening makes the data folder and the folders above it', () => {
      const dataDir = join(folder, 'a', 'b');
      expect(openHere(dataDir).dataDir).toBe(dataDir);
      expect(existsSync(join(dataDir, 'data.mdb'))).toBe(true);
    });

    test('the folder and its files are closed to other users, also files that an older version left open', async () => {
      const dataDir = join(folder, 'rows');
      const files = [join(dataDir, 'data.mdb'), join(dataDir, 'lock.mdb')];
      const modes = () => [dataDir, ...files].map((path) => (statSync(path).mode & 0o777).toString(8));
      await openHere(dataDir).close();
      expect(modes()).toEqual(['700', '600', '600']);
      for (const file of files) chmodSync(file, 0o644);
      openHere(dataDir);
      expect(modes()).toEqual(['700', '600', '600']);
    });

    test('a data folder may have a dot in its name', () => {
      const dataDir = join(folder, 'rows.alder');
      openHere(dataDir);
      expect(existsSync(join(dataDir, 'data.mdb'))).toBe(true);
    });

    test('the environment refuses a path that is a file, with a hint', () => {
      const file = join(folder, 'file');
      writeFileSync(file, 'rows');
      expect(() => openHere(file)).toThrow(
        expect.objectContaining({ code: 'data-folder', message: expect.stringContaining(file) }),
      );
      expect(() => openHere(join(file, 'below'))).toThrow(
        expect.objectContaining({ code: 'data-folder', hint: expect.stringContaining('ALDER_DATA_DIR') }),
      );
    });

    test.each([
      ['long', 'not an LMDB file '.repeat(1_000)],
      ['short', 'x'],
    ])(
      'a folder with a %s data file of another kind is refused instead of crashing the process',
      (_, text) => {
        writeFileSync(join(folder, 'data.mdb'), text);
        expect(() => openHere()).toThrow(
          expect.objectContaining({
            code: 'data-folder',
            message: expect.stringContaining('is not an LMDB file'),
          }),
        );
      },
    );

    test('an empty data file, the rest of a process that was killed while opening, is accepted', async () => {
      writeFileSync(join(folder, 'data.mdb'), '');
      const environment = openHere();
      const store = environment.textStore('test');
      await environment.write(FAULT, () => store.putSync(['key'], 'value'));
      expect(environment.read(FAULT, () => store.get(['key']))).toBe('value');
    });
  });

  describe('steps', () => {
    test('a step that throws leaves no trace, and its error is the cause', async () => {
      const environment = openHere();
      const store = environment.textStore('test');
      const full = new Error('disk full');
      await expect(
        environment.write('registry-unavailable', () => {
          store.putSync(['key'], 'value');
          throw full;
        }),
      ).rejects.toMatchObject({ code: 'registry-unavailable', canRetry: true, cause: full });
      expect(environment.read(FAULT, () => store.get(['key']))).toBeUndefined();
    });

    test('a write is there after the folder was closed and opened again', async () => {
      const first = openHere();
      const store = first.textStore('test');
      await first.write(FAULT, () => store.putSync(['key'], 'value'));
      await first.close();
      const second = openHere();
      const again = second.textStore('test');
      expect(second.read(FAULT, () => again.get(['key']))).toBe('value');
    });

    test('a read sees the write of another environment within the same task', async () => {
      const [one, other] = [openHere(), openHere()];
      const [written, read] = [one.textStore('test'), other.textStore('test')];
      for (let i = 0; i < 20; i++) {
        expect(other.read(FAULT, () => read.get(['key']))).toBe(i === 0 ? undefined : String(i - 1));
        const writing = one.write(FAULT, () => written.putSync(['key'], String(i)));
        expect(other.read(FAULT, () => read.get(['key']))).toBe(String(i));
        await writing;
      }
    });

    test('a write calls its listeners until they unsubscribe', async () => {
      const environment = openHere();
      const store = environment.textStore('test');
      let calls = 0;
      const stop = environment.onWrite(() => calls++);
      await environment.write(FAULT, () => store.putSync(['key'], 'value'));
      stop();
      await environment.write(FAULT, () => store.putSync(['key'], 'other'));
      expect(calls).toBe(1);
    });
  });

  describe('closing', () => {
    test('a closed environment refuses every step with the code of its port, and may be closed twice', async () => {
      const environment = openHere();
      const store = environment.textStore('test');
      await environment.close();
      await environment.close();
      expect(() => environment.read('log-unavailable', () => store.get(['key']))).toThrow(
        expect.objectContaining({ code: 'log-closed', canRetry: false }),
      );
      await expect(
        environment.write('registry-unavailable', () => store.putSync(['key'], 'value')),
      ).rejects.toMatchObject({ code: 'registry-closed' });
      expect(() => environment.textStore('another')).toThrow(
        expect.objectContaining({ code: 'data-folder' }),
      );
    });

    test('closing leaves another environment on the same folder usable', async () => {
      const [one, other] = [openHere(), openHere()];
      const store = other.textStore('test');
      await one.close();
      await other.write(FAULT, () => store.putSync(['key'], 'value'));
      expect(other.read(FAULT, () => store.get(['key']))).toBe('value');
    });
  });
});
