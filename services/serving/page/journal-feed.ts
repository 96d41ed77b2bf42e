import { EVENT_JOURNAL_ENTRIES_MAX, type JournalEvent } from '../../../shared/api/events';
import type { ModelRegistry, RegistryState } from '../../../shared/model-registry/model-registry';
import { eventText } from './event-text';
import type { OpenPage } from './open-page';

/** The newest entries of the journal, loaded once for each change of an alias. */
export class JournalFeed {
  private text: string | null = null;
  /** Where the aliases stood when `text` was loaded. */
  private aliases = '';

  constructor(private readonly registry: ModelRegistry) {}

  /** Loads the journal when an alias moved since the last time. Throws `registry-unavailable`. */
  async follow(state: RegistryState): Promise<void> {
    const aliases = JSON.stringify(state.aliases);
    if (this.text !== null && aliases === this.aliases) return;
    const entries = await this.registry.journal(EVENT_JOURNAL_ENTRIES_MAX);
    const event: JournalEvent = { entries: [...entries].reverse() };
    this.text = eventText('journal', JSON.stringify(event));
    this.aliases = aliases;
  }

  /** Sends a page the journal, unless it has this one. */
  tell(page: OpenPage): void {
    if (this.text === null || page.sentJournal === this.text) return;
    page.send(this.text);
    page.sentJournal = this.text;
  }
}
