import type { PageState } from '../feed/page-state';
import { Section } from '../ui/section';
import { type Alert, alertsOf, STAGES, type Stage } from './alerts';
import { type StageFacts, stageFacts } from './stage-facts';
import './pipeline.css';

/** The five parts of the pipeline with their figures, and the alerts in words below them. */
export function PipelineSection({ page }: { readonly page: PageState }) {
  const facts = stageFacts(page);
  const alerts = alertsOf(page);
  const isLive = page.connection === 'live';
  const at = page.pipeline === null ? null : new Date(page.pipeline.at).toLocaleTimeString();
  return (
    <Section title="Pipeline" id="flow" note={at === null ? 'waiting for the first event' : `as of ${at}`}>
      <ol class={isLive ? 'flow' : 'flow flow-old'}>
        {STAGES.map((stage) => (
          <StageCard
            key={stage}
            stage={stage}
            facts={facts[stage]}
            alert={alerts.find((each) => each.stage === stage) ?? null}
          />
        ))}
      </ol>
      <div role="status" class="flow-story">
        {alerts.map(({ level, message, figures }) => (
          <p key={message} class={`alert alert-${level}`}>
            <AlertIcon level={level} /> {message} {figures !== null && <SilentFigures text={figures} />}
          </p>
        ))}
        {page.connection === 'lost' && (
          <p class="alert">The connection is lost, so the current state is unknown.</p>
        )}
        {alerts.length === 0 && isLive && <p class="alert">Everything is well.</p>}
      </div>
    </Section>
  );
}

/** Figures that change every second, so screen readers must not announce each change. */
function SilentFigures({ text }: { readonly text: string }) {
  return (
    <span class="alert-figures figures" aria-live="off">
      {text}
    </span>
  );
}

/** One sentence for each term that a newcomer may not know. */
const HINTS: { readonly [stage in Stage]?: string } = {
  log: 'Lag: messages that the trainer has not read yet.',
  registry: 'Champion: the version that answers predictions.',
  serving: 'p99 latency: 99 of 100 requests are faster.',
};

interface StageCardProps {
  readonly stage: Stage;
  readonly facts: StageFacts;
  readonly alert: Alert | null;
}

function StageCard({ stage, facts, alert }: StageCardProps) {
  const { title, does, figure, unit, progress, isFlowing } = facts;
  const classes = ['stage', `stage-${stage}`];
  if (alert !== null) classes.push(`stage-${alert.level}`);
  if (isFlowing) classes.push('stage-flowing');
  return (
    <li class={classes.join(' ')} title={HINTS[stage]}>
      <h3 class="stage-title">
        {alert !== null && <AlertIcon level={alert.level} />} {title}
      </h3>
      <p class="stage-does">{does}</p>
      <p class="stage-figure figures">
        {figure} <span class="stage-unit">{unit}</span>
      </p>
      {progress !== null && (
        <progress class="stage-progress" value={progress} max={1} aria-label="Rows towards the next refit" />
      )}
      {facts.facts.map((fact) => (
        <p key={fact} class="stage-fact figures">
          {fact}
        </p>
      ))}
    </li>
  );
}

/** A shape with a name, since colour alone does not reach everybody. */
function AlertIcon({ level }: { readonly level: Alert['level'] }) {
  return (
    <svg class={`mark mark-${level}`} viewBox="0 0 16 16" role="img" aria-label={level}>
      {level === 'alarm' ? (
        <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5zM7.1 4l.3 5h1.2l.3-5zM8 10.2a1 1 0 1 0 0 2 1 1 0 0 0 0-2" />
      ) : (
        <path d="M8 1.5 15.5 15H.5zM7.2 6l.3 4.5h1L8.8 6zM8 11.3a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8" />
      )}
    </svg>
  );
}
