import type { RawLog, RawMessage, RawTopic } from '../deep-source';

/** Opens topics, counts the messages that are read of each, and closes the topics together. */
export class CountedTopics {
  /** In the dead-letter topic the copies of rows are counted, and the marks of replays are not. */
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

/** Whether a message of the dead-letter topic is the mark of a replay, and not the copy of a row. */
export function isReplayMark({ headers }: RawMessage): boolean {
  return headers !== null && ('alder-replayed' in headers || 'alder-replay' in headers);
}
