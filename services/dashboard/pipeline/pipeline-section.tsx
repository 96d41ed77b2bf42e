import type { PageState } from '../feed/page-state';
import { Section } from '../ui/section';
import { STAGES, type Stage, type Trouble, troublesOf } from './alerts';
import { type StageFacts, stageFacts } from './stage-facts';
import './pipeline.css';

/** The whole pipeline as one picture, with what is in trouble plainly marked. */
export function FlowSection({ page }: { readonly page: PageState }) {
  const facts = stageFacts(page);
  const troubles = troublesOf(page);
  const isLive = page.connection === 'live';
  const at = page.pipeline === null ? null : new Date(page.pipeline.at).toLocaleTimeString();
  return (
    <Section
      title="From a row to an answer"
      id="flow"
      note={at === null ? 'waiting for the server' : `as of ${at}`}
    >
      <ol class={isLive ? 'flow' : 'flow flow-old'}>
        {STAGES.map((stage) => (
          <StageCard
            key={stage}
            stage={stage}
            facts={facts[stage]}
            trouble={troubles.find((each) => each.stage === stage) ?? null}
          />
        ))}
      </ol>
      <div role="status" class="flow-story">
        {troubles.map(({ level, told, figures }) => (
          <p key={told} class={`told told-${level}`}>
            <Mark level={level} /> {told} {figures !== null && <Ticking text={figures} />}
          </p>
        ))}
        {page.connection === 'lost' && <p class="told">How it is now is not known.</p>}
        {troubles.length === 0 && isLive && <p class="told">Everything is well.</p>}
      </div>
    </Section>
  );
}

/** Figures that change every second are there to be read, not to be read aloud each time. */
function Ticking({ text }: { readonly text: string }) {
  return (
    <span class="told-figures figures" aria-live="off">
      {text}
    </span>
  );
}

interface StageCardProps {
  readonly stage: Stage;
  readonly facts: StageFacts;
  readonly trouble: Trouble | null;
}

function StageCard({ stage, facts, trouble }: StageCardProps) {
  const { title, does, figure, unit, progress, isFlowing } = facts;
  const classes = ['stage', `stage-${stage}`];
  if (trouble !== null) classes.push(`stage-${trouble.level}`);
  if (isFlowing) classes.push('stage-flowing');
  return (
    <li class={classes.join(' ')}>
      <h3 class="stage-title">
        {trouble !== null && <Mark level={trouble.level} />} {title}
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

/** A sign with a name, so that colour is never all that tells. */
function Mark({ level }: { readonly level: Trouble['level'] }) {
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
