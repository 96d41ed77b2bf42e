import { systemClock } from '../../shared/runtime/clock';
import { modelRegistryContract } from '../contract/model-registry-contract';
import { rowLogContract } from '../contract/row-log-contract';
import { MemoryModelRegistry } from '../support/memory-model-registry';
import { MemoryRowLog } from '../support/memory-row-log';
import { Dice } from './dice';
import { CALM, Network } from './network';
import { Scheduler } from './scheduler';
import { registryService, SimulatedModelRegistry } from './simulated-model-registry';
import { SimulatedProcess } from './simulated-process';
import { logService, SimulatedRowLog } from './simulated-row-log';
import { Trace } from './trace';

modelRegistryContract('in memory', async () => {
  const registry = new MemoryModelRegistry();
  return { registry, reopen: async () => registry.reopen(), cleanUp: () => registry.close() };
});

modelRegistryContract('simulated, in calm weather', async () => {
  const world = startWorld();
  const memory = new MemoryModelRegistry();
  const service = registryService();
  const reopen = async () =>
    new SimulatedModelRegistry(world.newProcess(), world.network, service, memory.reopen());
  return { registry: await reopen(), reopen, cleanUp: async () => world.stop() };
});

rowLogContract('simulated, in calm weather', async ({ partitions }) => {
  const world = startWorld();
  const memory = MemoryRowLog.open({ partitions, clock: systemClock });
  const service = logService();
  const handle = (log: MemoryRowLog) =>
    new SimulatedRowLog(world.newProcess(), world.network, service, log, new Dice(1, 'log'));
  return {
    log: handle(memory),
    reopen: async () => handle(memory.reopen()),
    openRejected: async () => handle(memory.openRejected()),
    cleanUp: async () => world.stop(),
  };
});

/** A world whose virtual time advances by itself. */
function startWorld() {
  const scheduler = new Scheduler(new Dice(1, 'order'));
  const network = new Network(scheduler, new Dice(1, 'network'), new Trace(), CALM);
  let isStopped = false;
  const run = async () => {
    while (!isStopped) if (!(await scheduler.step())) await new Promise(setImmediate);
  };
  void run();
  return {
    network,
    newProcess: () => new SimulatedProcess('test', scheduler, new Dice(1, 'process')),
    stop: () => {
      isStopped = true;
    },
  };
}
