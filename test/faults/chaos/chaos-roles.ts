import { join } from 'node:path';
import { writeRows } from '../../kills/numbered-rows';
import { TRAINING } from '../../kills/verdict';
import type { AlderProcesses } from '../../support/alder-process';
import type { ScenarioPlace } from '../../support/scenario-places';
import { freePort } from '../servers/free-port';
import type { TargetName } from './fault-plan';
import { Role } from './role';

const ROWS_PER_SECOND = 80;
/** The producer keeps sending while the last faults are mended and the roles recover. */
const SPARE_SECONDS = 600;

/** All roles as separate processes: one producer, two trainers, two servers. */
export interface ChaosRoles {
  readonly producer: Role;
  readonly trainers: readonly Role[];
  readonly servings: readonly Role[];
  /** The producer's number of acknowledged rows; throws while the producer is unreachable. */
  acknowledged(): Promise<number>;
}

/** Starts all roles. `forSeconds` bounds the file of numbered rows that the producer sends. */
export async function startRoles(
  alder: AlderProcesses,
  place: ScenarioPlace,
  model: string,
  forSeconds: number,
): Promise<ChaosRoles> {
  const file = join(alder.newFolder(), 'numbered.csv');
  writeRows(file, ROWS_PER_SECOND * (Math.ceil(forSeconds) + SPARE_SECONDS));
  // A fixed port, so that its health endpoint is reachable after each restart.
  const port = await freePort();
  const role = (name: TargetName, args: readonly string[], settings: Readonly<Record<string, string>>) => {
    const environment = { ...place.environment, ALDER_MODEL: model, ...settings };
    return new Role(name, () => alder.start(args, { environment }));
  };
  const train = (name: TargetName) => role(name, ['train'], TRAINING);
  const serve = (name: TargetName) => role(name, ['serve'], { PORT: '0' });
  const produce = ['produce', file, '--resume', '--json', '--rate', String(ROWS_PER_SECOND)];
  const { ALDER_SCHEMA } = TRAINING;
  return {
    producer: role('producer', produce, { ALDER_SCHEMA, ALDER_PRODUCER_PORT: String(port) }),
    trainers: [train('trainer-1'), train('trainer-2')],
    servings: [serve('serving-1'), serve('serving-2')],
    async acknowledged() {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
      return ((await answer.json()) as { rowsInLog: number }).rowsInLog;
    },
  };
}
