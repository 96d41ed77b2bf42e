import { get, type IncomingMessage } from 'node:http';
import { journalEvent, pipelineEvent, versionsEvent } from '../../../shared/api/events';

const SHAPES = { pipeline: pipelineEvent, versions: versionsEvent, journal: journalEvent };
type EventName = keyof typeof SHAPES;

/** One event as it came. */
export interface ReceivedEvent {
  readonly name: string;
  readonly id: string | null;
  readonly data: string;
}

/** A page as far as the server sees it: reads a stream of events, and holds each against its schema. */
export class EventClient {
  readonly events: ReceivedEvent[] = [];
  /** Bytes that came, as text. */
  received = '';
  /** How it ended; null while it goes on. */
  end: 'whole' | 'cut' | null = null;
  private rest = '';
  private readonly taken: Record<EventName, number> = { pipeline: 0, versions: 0, journal: 0 };
  private wakers: (() => void)[] = [];

  private constructor(readonly answer: IncomingMessage) {
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => this.take(text));
    answer.on('error', () => undefined);
    answer.on('close', () => {
      this.end = answer.complete ? 'whole' : 'cut';
      this.wake();
    });
  }

  static open(url: string, headers: Record<string, string> = {}): Promise<EventClient> {
    return new Promise((resolve, reject) => {
      const request = get(`${url}/events`, { headers, agent: false }, (answer) => {
        resolve(new EventClient(answer));
      });
      request.on('error', reject);
    });
  }

  /** The next event of a name that was not taken yet. Throws when the stream ends without one. */
  async next<Name extends EventName>(name: Name): Promise<ReturnType<(typeof SHAPES)[Name]['parse']>> {
    for (;;) {
      const event = this.events.filter((each) => each.name === name)[this.taken[name]];
      if (event !== undefined) {
        this.taken[name]++;
        return SHAPES[name].parse(JSON.parse(event.data)) as ReturnType<(typeof SHAPES)[Name]['parse']>;
      }
      if (this.end !== null) throw new Error(`the stream ended without a ${name} event`);
      await this.news();
    }
  }

  /** Takes `versions` events until one names this version; gives all numbers that came. */
  async versionsUpTo(version: number): Promise<number[]> {
    const seen: number[] = [];
    while (seen.at(-1) !== version) {
      const { versions } = await this.next('versions');
      seen.push(...versions.map((each) => each.version));
    }
    return seen;
  }

  async ended(): Promise<'whole' | 'cut'> {
    while (this.end === null) await this.news();
    return this.end;
  }

  /** The client goes away; resolves when its side is closed. */
  async close(): Promise<void> {
    this.answer.destroy();
    await this.ended();
  }

  private take(text: string): void {
    this.received += text;
    const parts = (this.rest + text).split('\n\n');
    this.rest = parts.pop()!;
    for (const part of parts) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1] ?? null;
      const name = field('event');
      if (name !== null) this.events.push({ name, id: field('id'), data: field('data')! });
    }
    this.wake();
  }

  private news(): Promise<void> {
    return new Promise((resolve) => this.wakers.push(resolve));
  }

  private wake(): void {
    for (const wake of this.wakers.splice(0)) wake();
  }
}
