import type { TrainerReport } from '../../../shared/api/trainer-report';
import { counted, countText } from '../ui/format';
import { Section } from '../ui/section';
import './rejected.css';

interface RejectedSectionProps {
  readonly report: TrainerReport | null;
}

/** The rows that broke a rule of the schema. They go to the dead-letter topic and are never used for training. */
export function RejectedSection({ report }: RejectedSectionProps) {
  return (
    <Section
      title="Rejected rows"
      id="rejected"
      note={report === null ? undefined : `${countText(report.rows.rejected)} since this trainer started`}
    >
      {report === null ? (
        <p class="empty">No trainer has reported yet, so rejected rows are not known.</p>
      ) : report.rows.rejected === 0 ? (
        <p class="empty">No row has been rejected since this trainer started.</p>
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
      <h3 class="rejected-head">Reasons</h3>
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
      <h3
        class="rejected-head"
        title="The dead-letter topic keeps each rejected row with its reason and position."
      >
        Newest, in the dead-letter topic {topic}.rejected
      </h3>
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
