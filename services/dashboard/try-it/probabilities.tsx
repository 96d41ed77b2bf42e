import { classColour } from '../controls/class-colour';

const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

/** The leaf's share of each class, as a bar and as a figure. */
export function Probabilities({
  probabilities,
}: {
  readonly probabilities: Readonly<Record<string, number>>;
}) {
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
