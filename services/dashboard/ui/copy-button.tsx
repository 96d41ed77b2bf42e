import { useState } from 'preact/hooks';

/** Copies a text, and says politely that it did. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [told, setTold] = useState('');
  async function copy() {
    // A page that was not opened over https or on this machine has no clipboard.
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    setTold(isCopied === true ? 'copied' : 'not copied: select the text instead');
  }
  return (
    <span class="copy">
      <button type="button" class="button" onClick={copy} onBlur={() => setTold('')}>
        {label}
      </button>
      <span class="quiet" aria-live="polite">
        {told}
      </span>
    </span>
  );
}
