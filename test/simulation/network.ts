import type { AlderError } from '../../shared/errors';
import type { Dice } from './dice';
import type { Scheduler } from './scheduler';
import type { SimulatedProcess } from './simulated-process';
import type { Trace } from './trace';

/** The share of calls that each network fault affects, and the longest ordinary delay. */
export interface Weather {
  readonly delayMsMax: number;
  readonly lostRequests: number;
  readonly lostReplies: number;
  /** Requests that take effect after their caller has given up on them. */
  readonly lateRequests: number;
  /** Requests that arrive a second time, later. */
  readonly twice: number;
  /** Reads that deliver messages again, leave partitions out or stop early. */
  readonly oddReads: number;
}

export const CALM: Weather = {
  delayMsMax: 3,
  lostRequests: 0,
  lostReplies: 0,
  lateRequests: 0,
  twice: 0,
  oddReads: 0,
};

/** A service that processes call over the network. */
export interface Service {
  readonly name: 'log' | 'registry';
  /** During an outage no request takes effect. */
  isAway: boolean;
  /** The error of a call that timed out. */
  unavailable(): AlderError;
}

/** How long a caller waits for a reply; longer than two ordinary delays. */
const PATIENCE_MS = 400;
const LATE_MS_MAX = 3_000;
/** The calls that can do harm when they arrive late or twice; a late read has the effect of a lost one. */
const WRITES = new Set([
  'publish',
  'take-lease',
  'renew-lease',
  'release-lease',
  'answer-refit',
  'append-rejected',
  'mirror',
  'move-alias',
]);

type Fate = 'fine' | 'request-lost' | 'reply-lost' | 'late';

/** Carries calls between processes and services; the seed decides which calls are lost, delayed or repeated. */
export class Network {
  /** Called right before and right after the effect of each call; a listener may kill the caller. */
  readonly around: ((caller: SimulatedProcess, what: string, when: 'before' | 'after') => void)[] = [];
  /** Requests in flight whose caller has timed out. */
  lateRequests = 0;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly dice: Dice,
    private readonly trace: Trace,
    public weather: Weather,
  ) {}

  delayMs(): number {
    return 1 + this.dice.below(this.weather.delayMsMax);
  }

  /** The effect happens at the service in one instant. The promise settles in the caller, and never when the caller is dead. */
  call<T>(caller: SimulatedProcess, service: Service, what: string, effect: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const fate = this.drawFate(what);
      const giveUp = caller.after(PATIENCE_MS, () => {
        this.note(caller, 'gave-up', what);
        reject(service.unavailable());
      });
      const reply = (settle: () => void) => {
        caller.after(this.delayMs(), () => {
          giveUp();
          settle();
        });
      };
      const outlivesCaller = this.dice.chance(0.5);
      const arrive = (mayReply: boolean) => {
        if (!caller.isAlive && !outlivesCaller) return this.note(caller, 'died-with-caller', what);
        if (service.isAway) {
          this.note(caller, `${service.name}-away`, what);
          if (mayReply && this.dice.chance(0.5)) reply(() => reject(service.unavailable()));
          return;
        }
        for (const call of this.around) call(caller, what, 'before');
        if (!caller.isAlive && !outlivesCaller) return this.note(caller, 'died-with-caller', what);
        this.note(caller, what, fate);
        effect().then(
          (value) => mayReply && reply(() => resolve(value)),
          (error) => mayReply && reply(() => reject(error)),
        );
        for (const call of this.around) call(caller, what, 'after');
      };
      if (fate === 'request-lost') return this.note(caller, 'request-lost', what);
      if (fate === 'late') this.arriveLate(() => arrive(false));
      else this.scheduler.after(this.delayMs(), () => arrive(fate === 'fine'));
      if (WRITES.has(what) && this.dice.chance(this.weather.twice)) this.arriveLate(() => arrive(false));
    });
  }

  note(caller: SimulatedProcess, what: string, detail: string): void {
    this.trace.add(this.scheduler.nowMs, caller.name, what, detail);
  }

  private arriveLate(arrive: () => void): void {
    this.lateRequests++;
    this.scheduler.after(PATIENCE_MS + this.dice.below(LATE_MS_MAX), () => {
      this.lateRequests--;
      arrive();
    });
  }

  private drawFate(what: string): Fate {
    const { lostRequests, lostReplies, lateRequests } = this.weather;
    if (this.dice.chance(lostRequests)) return 'request-lost';
    if (this.dice.chance(lostReplies)) return 'reply-lost';
    return WRITES.has(what) && this.dice.chance(lateRequests) ? 'late' : 'fine';
  }
}
