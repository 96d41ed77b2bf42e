import { waitUntil } from '../../kills/long-wait';
import type { AlderExit, AlderProcess } from '../../support/alder-process';
import { isStopped } from '../servers/stopped-process';
import { type Breakable, prove } from './breakable';
import type { TargetName } from './fault-plan';

const LINES_TOLD = 15;
const START_AGAIN_MS = 1_000;
/** The system stops a process at once but reports it with a delay. */
const STOPPED_MS_MAX = 10_000;

/** One process of a role, from its start to its end. */
export interface Life {
  readonly process: AlderProcess;
  /** True once the role was told to stop; from then on its failures do not count. */
  isDoomed: boolean;
}

/** A role whose process is killed, frozen and restarted; ends that nobody requested are recorded. */
export class Role implements Breakable {
  /** Every process of the role; the last one is running. */
  readonly lives: Life[] = [];
  /** Describes each process that ended without being told to stop. */
  readonly unaskedEnds: string[] = [];
  private isOver = false;

  constructor(
    readonly name: TargetName,
    private readonly spawn: () => AlderProcess,
  ) {
    this.begin();
  }

  get life(): Life {
    return this.lives.at(-1)!;
  }

  async kill(): Promise<string> {
    const { pid } = this.life.process;
    const { signal, status } = await this.end('SIGKILL');
    return prove(signal === 'SIGKILL', `pid ${pid} ended by ${signal ?? `itself with ${status}`}`);
  }

  async startAgain(): Promise<string> {
    this.begin();
    return `pid ${this.life.process.pid} started`;
  }

  async freeze(): Promise<string> {
    const { pid } = this.life.process;
    process.kill(pid, 'SIGSTOP');
    await waitUntil(`pid ${pid} to stop`, STOPPED_MS_MAX, async () => isStopped(pid), Boolean);
    return `pid ${pid} is stopped`;
  }

  async awake(): Promise<string> {
    const { pid } = this.life.process;
    const wasStopped = isStopped(pid);
    process.kill(pid, 'SIGCONT');
    return prove(wasStopped, `pid ${pid} was still stopped`);
  }

  async restart(): Promise<string> {
    const { pid } = this.life.process;
    const toldAtMs = performance.now();
    const { signal, status } = await this.end('SIGTERM');
    const tookMs = Math.round(performance.now() - toldAtMs);
    this.begin();
    // A starting process has no signal handler yet, so it may die of SIGTERM. A process that waits for an unreachable
    // server must also end gracefully; its status is 1 when it exceeds the command line's limit of 10 s.
    const isInOrder = status === 0 || signal === 'SIGTERM';
    const ended = `pid ${pid} ended with ${status ?? signal} after ${tookMs} ms`;
    return prove(isInOrder, `${ended}, pid ${this.life.process.pid} started`);
  }

  /** Ends the role for good; returns the exit of the last process. */
  async stop(): Promise<AlderExit> {
    this.isOver = true;
    return this.end('SIGINT');
  }

  /** Kills the role's process when the run is abandoned. */
  async giveUp(): Promise<void> {
    this.isOver = true;
    await this.end('SIGKILL');
  }

  private end(signal: NodeJS.Signals): Promise<AlderExit> {
    this.life.isDoomed = true;
    return this.life.process.end(signal);
  }

  private begin(): void {
    const life: Life = { process: this.spawn(), isDoomed: false };
    this.lives.push(life);
    void life.process.exited.then(async ({ status, signal, stderr }) => {
      if (life.isDoomed) return;
      const said = stderr.slice(-LINES_TOLD).join('\n');
      this.unaskedEnds.push(
        `${this.name}, pid ${life.process.pid}, ended by itself with ${status ?? signal}:\n${said}`,
      );
      life.isDoomed = true;
      // The role is started again, as a supervisor would, so that the run can show more.
      await new Promise((resolve) => setTimeout(resolve, START_AGAIN_MS));
      if (!this.isOver && this.life === life) this.begin();
    });
  }
}
