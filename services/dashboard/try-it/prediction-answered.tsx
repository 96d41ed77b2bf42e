import { agoText, classColour } from '../ui/format';
import { type Answered, stepInWords } from './prediction';

const DIGEST_SHOWN = 12;

/** The predicted class with its probabilities, the version that predicted it, and the decision path. */
export function PredictionAnswered({ answered }: { readonly answered: Answered }) {
  const { answer, newestRowAt, answeredAtMs } = answered;
  const { prediction, probabilities, path = [], version, digest } = answer;
  const newestMs = Date.parse(newestRowAt ?? '');
  const age = agoText(newestMs, answeredAtMs);
  return (
    <div class="try-answer">
      <p class="try-prediction">
        Prediction: <strong>{prediction}</strong>
      </p>
      <Probabilities probabilities={probabilities} />
      <p class="quiet">
        Predicted by version {version}, tree <code title={digest}>{digest.slice(0, DIGEST_SHOWN)}</code>.{' '}
        {Number.isNaN(newestMs) || Number.isNaN(answeredAtMs)
          ? 'The age of its newest row is not known.'
          : `Its newest row arrived ${age}.`}
      </p>
      <h3>Decision path</h3>
      <ol class="try-path figures">
        {path.map(stepInWords).map(({ node, comparison, side, rows }) => (
          <li key={node}>
            {comparison === null ? (
              <>
                leaf: <strong>{prediction}</strong>
              </>
            ) : (
              <>
                <strong>{comparison}</strong>, go {side}
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

/** The share of each class at the leaf, as a bar and as a percentage. */
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
