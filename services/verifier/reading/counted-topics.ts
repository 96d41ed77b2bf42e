import { isReplayMark } from '../checks/rejected';
import type { RawLog, RawTopic } from '../deep-source';

/** Opens topics, counts what is read of each, and closes them together. */
export class CountedTopics {
  /** Of the rejected topic the copies of rows count, and what a replay noted there does not. */
  readonly messages = { rows: 0, rejected: 0 };
  private readonly opened: RawTopic[] = [];

  constructor(
    private readonly log: RawLog,
    /** Called after every run of messages. */
    private readonly onRead: (which: 'rows' | 'rejected') => void,
  ) {}

  async open(which: 'rows' | 'rejected'): Promise<RawTopic> {
    const topic = await this.log.open(which);
    this.opened.push(topic);
    return {
      bounds: topic.bounds,
      read: async (partition) => {
        const run = await topic.read(partition);
        for (const message of run?.messages ?? []) {
          if (which === 'rows' || !isReplayMark(message)) this.messages[which]++;
        }
        this.onRead(which);
        return run;
      },
      close: () => topic.close(),
    };
  }

  async close(): Promise<void> {
    for (const topic of this.opened) await topic.close();
  }
}
