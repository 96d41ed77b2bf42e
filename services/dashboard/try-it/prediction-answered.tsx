import { agoText, classColour } from '../ui/format';
import { type Answered, wordsOf } from './prediction';

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

const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

/** The leaf's share of each class, as a bar and as a figure. */
function Probabilities({ probabilities }: { readonly probabilities: Readonly<Record<string, number>> }) {
  return (
    <table class="try-probabilities figures">
      <caption class="only-heard">Probability of each class</caption>
      <tbody>
        {Object.entries(probabilities).map(([name, share], k) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="try-bar">
              <svg aria-hidden="true" class={classColour(k)} viewBox="0 0 100 10" preserveAspectRatio="none">
                <rect class="try-bar-all" width="100" height="10" />
                <rect class="try-bar-share" width={100 * share} height="10" />
              </svg>
            </td>
            <td>{PERCENT.format(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
