import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCRIPT_KEYS, SCRIPTS_FOLDER } from '../../../shared/model-registry/redis/scripts';
import * as rules from '../../../shared/model-registry/registry-rules';

const files = readdirSync(SCRIPTS_FOLDER).sort();
const uses = (text: string) =>
  new Set([...text.matchAll(/\b(KEYS|ARGV)\[(\d+)\]/g)].map((match) => match[0]));

describe('the Lua scripts', () => {
  test('every file is a known script and every known script has a file', () => {
    expect(files).toEqual(
      Object.keys(SCRIPT_KEYS)
        .map((name) => `${name}.lua`)
        .sort(),
    );
  });

  test('each rule of the registry is named by the header of the script that repeats it', () => {
    // A report is checked before it is sent.
    const names = Object.entries(rules).flatMap(([name, rule]) =>
      typeof rule === 'function' && name !== 'checkReport' ? [name] : [],
    );
    const headers = files.map((file) => readFileSync(join(SCRIPTS_FOLDER, file), 'utf8'));
    const named = headers.flatMap((text) => /^-- Rule: (.*) in registry-rules\.ts\.$/m.exec(text)?.[1] ?? []);
    expect(new Set(named.flatMap((list) => list.split(/, | and /)))).toEqual(new Set(names));
  });

  describe.each(files)('%s', (file) => {
    const lines = readFileSync(join(SCRIPTS_FOLDER, file), 'utf8').split('\n');
    const bodyAt = lines.findIndex((line) => !line.startsWith('--'));
    const header = lines.slice(0, bodyAt);
    const body = lines.slice(bodyAt).join('\n');
    const named = header
      .map((line) => /^-- ((?:KEYS|ARGV)\[\d+\]) \S/.exec(line)?.[1])
      .filter((use) => use !== undefined);
    const keys = SCRIPT_KEYS[file.replace('.lua', '') as keyof typeof SCRIPT_KEYS];

    test('the header of a script begins with name and purpose, and states guarantee and result', () => {
      expect(header[0]).toMatch(new RegExp(`^-- ${file.replace('.lua', '')}: \\S`));
      expect(header.join('\n')).toMatch(/^-- Guarantee: \S/m);
      if (/^return /m.test(body)) expect(header.join('\n')).toMatch(/^-- Returns \S/m);
    });

    test('the header of a script names exactly the used KEYS and ARGV, in order', () => {
      expect(new Set(named)).toEqual(uses(body));
      const count = (kind: string) => named.filter((use) => use.startsWith(kind)).length;
      expect(named).toEqual([
        ...Array.from({ length: count('KEYS') }, (_, i) => `KEYS[${i + 1}]`),
        ...Array.from({ length: count('ARGV') }, (_, i) => `ARGV[${i + 1}]`),
      ]);
    });

    test('a script takes as many keys as it is called with', () => {
      expect(named.filter((use) => use.startsWith('KEYS'))).toHaveLength(keys.length);
    });

    test('no read of a script comes after its first write, so a failing read leaves nothing half done', () => {
      const commands = [...body.matchAll(/redis\.p?call\('([A-Z]+)'/g)].map((match) => match[1]!);
      const isRead = (command: string) =>
        ['HGET', 'HMGET', 'HGETALL', 'HEXISTS', 'HLEN', 'HKEYS', 'LLEN'].includes(command);
      const firstWrite = commands.findIndex((command) => !isRead(command));
      if (firstWrite >= 0) expect(commands.slice(firstWrite).filter(isRead)).toEqual([]);
    });
  });
});
