import { useEffect, useRef, useState } from 'preact/hooks';
import { type AliasChange, meaningOf, requestOf, titleOf } from './alias-change';
import { sendChange } from './send-change';

interface ChangeDialogProps {
  readonly model: string;
  readonly change: AliasChange;
  /** The admin token, held in memory only; empty for none. */
  readonly token: string;
  onToken(token: string): void;
  /** `words` describes the change; null when it was not made. */
  onDone(words: string | null): void;
}

const REASON_CHARACTERS_MAX = 200;

/** Confirms a change with both versions and a reason for the journal, then sends it. */
export function ChangeDialog({ model, change, token, onToken, onDone }: ChangeDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [error, setError] = useState('');
  const [isTokenWanted, setTokenWanted] = useState(false);
  const [isSending, setIsSending] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  async function confirm(event: Event) {
    event.preventDefault();
    setError('');
    setIsSending(true);
    const outcome = await sendChange(requestOf(model, change, reason, token));
    setIsSending(false);
    if (outcome.kind === 'changed') {
      dialog.current?.close();
      onDone(outcome.words);
      return;
    }
    setError(outcome.words);
    setTokenWanted(outcome.needsToken);
  }

  const { from, to, kind } = change;
  return (
    <dialog ref={dialog} class="change-dialog" aria-labelledby="change-title" onClose={() => onDone(null)}>
      <form onSubmit={confirm} noValidate>
        <h3 id="change-title">{titleOf(change)}?</h3>
        {kind !== 'release' && (
          <p class="change-versions figures">
            <span>{from === null ? 'nothing' : `version ${from}`}</span>
            <span aria-hidden="true">→</span>
            <span class="only-heard">to</span>
            <strong>version {to}</strong>
          </p>
        )}
        <p>{meaningOf(change)}</p>
        <label class="field">
          <span>Reason, for the journal</span>
          <input
            value={reason}
            maxLength={REASON_CHARACTERS_MAX}
            autocomplete="off"
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>Admin token, if the server requires one (never stored)</span>
          <input
            type="password"
            value={token}
            autocomplete="off"
            aria-invalid={isTokenWanted}
            onInput={(event) => onToken(event.currentTarget.value)}
          />
        </label>
        <p class="error" aria-live="assertive">
          {error}
        </p>
        <div class="change-actions">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="button button-main" disabled={isSending}>
            {titleOf(change)}
          </button>
        </div>
      </form>
    </dialog>
  );
}
