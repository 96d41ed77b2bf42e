import { useState } from 'preact/hooks';
import type { PipelineEvent, VersionSummary } from '../../../shared/api/events';
import { type AliasChange, pointing } from './alias-change';

interface AliasFormProps {
  readonly versions: readonly VersionSummary[];
  readonly aliases: PipelineEvent['aliases'];
  onChange(change: AliasChange): void;
}

/** Points an alias of any name at a version; requests can name the alias instead of the version. */
export function AliasForm({ versions, aliases, onChange }: AliasFormProps) {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<number | null>(null);
  const newestFirst = versions.toReversed();
  const version = chosen ?? newestFirst[0]?.version ?? null;
  const alias = name.trim();
  return (
    <form
      class="alias-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (alias !== '' && version !== null) onChange(pointing(alias, version, aliases));
      }}
    >
      <label class="field">
        <span>Alias</span>
        <input
          value={name}
          maxLength={64}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>points at version</span>
        <select value={version ?? ''} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
          {newestFirst.map(({ version: number }) => (
            <option key={number} value={number}>
              {number}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button" disabled={alias === '' || version === null}>
        Set alias
      </button>
    </form>
  );
}
