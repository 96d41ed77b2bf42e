import { agoText } from '../parts/format';
import type { Answered } from './ask-prediction';
import { wordsOf } from './path-words';
import { Probabilities } from './probabilities';

const DIGEST_SHOWN = 12;

/** What was predicted, by which version, and why. */
export function PredictionAnswered({ answered }: { readonly answered: Answered }) {
  const { answer, newestRowAt, answeredAtMs } = answered;
  const { prediction, probabilities, path = [], version, digest } = answer;
  const newestMs = Date.parse(newestRowAt ?? '');
  const age = agoText(newestMs, answeredAtMs);
  return (
    <div class="try-answer">
      <p class="try-prediction">
        This row is <strong>{prediction}</strong>
      </p>
      <Probabilities probabilities={probabilities} />
      <p class="quiet">
        Said by version {version}, tree <code title={digest}>{digest.slice(0, DIGEST_SHOWN)}</code>.{' '}
        {Number.isNaN(newestMs) || Number.isNaN(answeredAtMs)
          ? 'How old its newest row is, the server does not say.'
          : `The newest row that it knows came ${age}.`}
      </p>
      <h3>How it came to that</h3>
      <ol class="try-path figures">
        {path.map(wordsOf).map(({ node, question, side, rows }) => (
          <li key={node}>
            {question === null ? (
              <>
                leaf: <strong>{prediction}</strong>
              </>
            ) : (
              <>
                <strong>{question}</strong>, so {side}
              </>
            )}
            <small>{rows}</small>
          </li>
        ))}
      </ol>
    </div>
  );
}
