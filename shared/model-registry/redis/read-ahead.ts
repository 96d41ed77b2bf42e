/** The texts of one version, under way or here; null where the registry has none. */
export interface VersionTexts {
  readonly record: Promise<string | null>;
  readonly tree: Promise<string | null>;
}

/**
 * The texts that were asked for together with a state. They belong to that state: the next one clears them, since a
 * registry that was emptied or set back may give the same number to another version.
 */
export class ReadAhead {
  private version: number | null = null;
  private held: VersionTexts | null = null;

  set(version: number, record: Promise<string | null>, tree: Promise<string | null>): void {
    // Perhaps nobody comes for them; who does gets the fault as well.
    record.catch(() => undefined);
    tree.catch(() => undefined);
    this.version = version;
    this.held = { record, tree };
  }

  texts(version: number): VersionTexts | null {
    return this.version === version ? this.held : null;
  }

  clear(): void {
    this.version = null;
    this.held = null;
  }
}
