import { useEffect, useState } from 'preact/hooks';
import type { ModelAnswer } from '../../shared/api/models';

const RETRY_MS = 2_000;

/** The names of the features that the model reads; null until it is known, which is after the first version. */
export function useModel(model: string, hasVersion: boolean): readonly string[] | null {
  const [features, found] = useState<readonly string[] | null>(null);
  useEffect(() => {
    if (model === '' || !hasVersion) return;
    const over = new AbortController();
    let retry: number | undefined;
    const load = async () => {
      try {
        const response = await fetch(`models/${model}`, { signal: over.signal });
        if (!response.ok) throw new Error(response.statusText);
        const answer = (await response.json()) as ModelAnswer;
        found(answer.features);
      } catch {
        if (!over.signal.aborted) retry = window.setTimeout(load, RETRY_MS);
      }
    };
    void load();
    return () => {
      over.abort();
      window.clearTimeout(retry);
    };
  }, [model, hasVersion]);
  return features;
}
