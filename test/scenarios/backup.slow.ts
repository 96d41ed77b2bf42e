import { statSync } from 'node:fs';
import { join } from 'node:path';
import { useAlder } from '../support/alder-process';

describe('alder backup and alder restore', () => {
  const alder = useAlder();
  const quiet = { PORT: '0', ALDER_TRAINER_PORT: '0', ALDER_PRODUCER_PORT: '0' };
  const run = (dataDir: string, ...args: string[]) =>
    alder.run(args, { environment: { ...quiet, ALDER_DATA_DIR: dataDir } });

  test('a backup of a folder that is being written passes every check, and what comes later is not in it', async () => {
    const dataDir = alder.newFolder();
    const backup = join(alder.newFolder(), 'below', 'monday');
    const up = alder.start(['up'], { environment: { ...quiet, ALDER_DATA_DIR: dataDir } });
    await up.line(/version 3 /);
    const { status, stdout } = await run(dataDir, 'backup', backup, '--json');
    expect([status, JSON.parse(stdout[0]!)]).toEqual([
      0,
      { from: dataDir, to: backup, bytes: statSync(join(backup, 'data.mdb')).size },
    ]);
    expect(up.stdout.join('\n')).not.toContain('all 150 rows are in');
    await up.line(/version 15 serves/);
    expect((await up.end('SIGTERM')).status).toBe(0);

    expect(statSync(backup).mode & 0o077).toBe(0);
    expect(statSync(join(backup, 'data.mdb')).mode & 0o077).toBe(0);
    const verified = await run(backup, 'verify', '--deep');
    expect([verified.status, verified.stderr]).toEqual([0, []]);
    const versions = (await run(backup, 'versions', '--json')).stdout;
    expect(versions.length).toBeGreaterThanOrEqual(3);
    expect(versions.length).toBeLessThan(15);

    const restored = join(alder.newFolder(), 'restored');
    expect((await run(restored, 'restore', backup)).status).toBe(0);
    expect((await run(restored, 'versions', '--json')).stdout).toEqual(versions);
    const again = alder.start(['up'], { environment: { ...quiet, ALDER_DATA_DIR: restored } });
    await again.line(/tree 07fdc5748ab7/);
    expect((await again.end('SIGTERM')).status).toBe(0);
  });

  test('a folder that holds anything is never overwritten', async () => {
    const dataDir = alder.newFolder();
    await run(dataDir, 'produce', join(__dirname, '../../data/iris.csv'));
    const full = alder.newFolder();
    await run(full, 'produce', join(__dirname, '../../data/iris.csv'));
    for (const args of [
      ['backup', full],
      ['restore', full],
    ]) {
      const { status, stderr } = await run(dataDir, ...args);
      expect([status, stderr[0]]).toEqual([
        1,
        expect.stringContaining('exists and is not empty (data-folder)'),
      ]);
    }
  });

  test('a backup of nothing, and one of Kafka and Redis, says what is wrong', async () => {
    const nowhere = join(alder.newFolder(), 'nowhere');
    const nothing = await run(nowhere, 'backup', join(alder.newFolder(), 'copy'));
    expect([nothing.status, nothing.stderr[0]]).toEqual([
      1,
      `alder: there is no data folder ${nowhere} (data-folder)`,
    ]);
    const servers = await alder.run(['backup', 'copy'], {
      environment: { KAFKA_BROKERS: '127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' },
    });
    expect([servers.status, servers.stderr[0]]).toEqual([2, expect.stringContaining('Kafka and Redis here')]);
  });
});
