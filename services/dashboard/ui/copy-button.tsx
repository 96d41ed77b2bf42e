import { useState } from 'preact/hooks';

/** Copies a text to the clipboard and announces whether that worked. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [notice, setNotice] = useState('');
  async function copy() {
    // Browsers offer the clipboard only to pages from https or localhost.
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    setNotice(isCopied === true ? 'copied' : 'copying failed; select the text instead');
  }
  return (
    <span class="copy">
      <button type="button" class="button" onClick={copy} onBlur={() => setNotice('')}>
        {label}
      </button>
      <span class="quiet" aria-live="polite">
        {notice}
      </span>
    </span>
  );
}
