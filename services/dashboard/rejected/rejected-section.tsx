import type { TrainerReport } from '../../../shared/api/trainer-report';
import { counted, countText } from '../ui/format';
import { Section } from '../ui/section';
import './rejected.css';

interface RejectedSectionProps {
  readonly report: TrainerReport | null;
}

/** Rows that broke a rule: they are kept aside, never repaired, and never learned from. */
export function RejectedSection({ report }: RejectedSectionProps) {
  return (
    <Section
      title="Rejected rows"
      id="rejected"
      note={report === null ? undefined : `${countText(report.rows.rejected)} so far`}
    >
      {report === null ? (
        <p class="empty">Not known: no trainer has reported yet.</p>
      ) : report.rows.rejected === 0 ? (
        <p class="empty">
          None since this trainer began. A bad row would be kept aside, with its reason and place.
        </p>
      ) : (
        <div class="rejected-sides">
          <Reasons reasons={report.rejected.reasons} />
          <Newest rows={report.rejected.newest} topic={report.log.topic} />
        </div>
      )}
    </Section>
  );
}

function Reasons({ reasons }: { readonly reasons: TrainerReport['rejected']['reasons'] }) {
  const sorted = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  const most = sorted[0]?.[1] ?? 1;
  return (
    <div>
      <h3 class="rejected-head">Reasons, since this trainer began</h3>
      <dl class="reasons">
        {sorted.map(([reason, rows]) => (
          <div key={reason} class="reason">
            <dt>
              <code>{reason}</code>
            </dt>
            <dd class="figures">
              <meter class="reason-bar" value={rows} max={most} aria-label={counted(rows, 'row')} />
              {countText(rows)}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

interface NewestProps {
  readonly rows: TrainerReport['rejected']['newest'];
  readonly topic: string;
}

function Newest({ rows, topic }: NewestProps) {
  return (
    <div>
      <h3 class="rejected-head">The last few, kept in {topic}.rejected</h3>
      <div class="scrolls">
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">partition</th>
              <th scope="col">offset</th>
              <th scope="col">line</th>
              <th scope="col">reason</th>
            </tr>
          </thead>
          <tbody class="figures">
            {rows.map(({ partition, offset, line, reason }) => (
              <tr key={`${partition}/${offset}/${line}`}>
                <td>{partition}</td>
                <td>{offset}</td>
                <td>{line}</td>
                <td>
                  <code>{reason}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
