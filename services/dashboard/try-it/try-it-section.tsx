import { useState } from 'preact/hooks';
import type { TrainerReport } from '../../../shared/api/trainer-report';
import { Section } from '../parts/section';
import type { LitPath } from '../tree/lit-path';
import { type Answered, askPrediction, type Refused, servePath } from './ask-prediction';
import { CopyButton } from './copy-button';
import { curlCommand } from './curl-command';
import { FeatureInput } from './feature-input';
import { bodyOf, type FormValues, fieldsOf, middleOf } from './form-values';
import { PredictionAnswered } from './prediction-answered';
import '../controls/controls.css';
import './try-it.css';

interface TryItSectionProps {
  readonly model: string;
  readonly features: TrainerReport['features'];
  /** In the order of the schema; null while no version is known. */
  readonly featureNames: readonly string[] | null;
  readonly champion: number | null;
  /** The version whose tree is drawn; null for the champion. */
  readonly shown: number | null;
  onPath(path: LitPath | null): void;
}

/** A row to type, and what the served tree makes of it. */
export function TryItSection({ model, features, featureNames, champion, shown, onPath }: TryItSectionProps) {
  const [values, setValues] = useState<FormValues>({});
  const [outcome, setOutcome] = useState<Answered | Refused | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const fields = fieldsOf(features, featureNames);
  const isChampion = shown === null || shown === champion;
  if (fields === null || (isChampion && champion === null))
    return (
      <Section title="Try it" id="try-it">
        <p class="quiet">There is nothing to ask yet: the first version is still to be trained.</p>
      </Section>
    );
  const path = servePath(model, isChampion ? 'champion' : String(shown));
  const body = bodyOf(fields, values);
  const middles = fields.map((field) => [field.name, middleOf(field)] as const);
  const isMiddleKnown = middles.every(([, middle]) => middle !== null);
  const faults = outcome?.kind === 'refused' ? outcome.faults : {};

  async function ask(event: Event) {
    event.preventDefault();
    setIsAsking(true);
    const answered = await askPrediction(path, body);
    setIsAsking(false);
    setOutcome(answered);
    if (answered.kind === 'refused') return onPath(null);
    const { version, path: steps = [] } = answered.answer;
    onPath({ version, nodes: steps.map(({ node }) => node) });
  }

  return (
    <Section
      title="Try it"
      id="try-it"
      note={isChampion ? `asks the champion, version ${champion}` : `asks version ${shown}`}
    >
      <form class="try-form" onSubmit={ask} noValidate>
        <div class="try-fields">
          {fields.map((field, number) => (
            <FeatureInput
              key={field.name}
              field={field}
              number={number}
              value={values[field.name] ?? ''}
              fault={faults[field.name] ?? null}
              onValue={(value) => setValues({ ...values, [field.name]: value })}
            />
          ))}
        </div>
        <div class="try-actions">
          <button type="submit" class="button button-main" disabled={isAsking}>
            Predict
          </button>
          {isMiddleKnown && (
            <button
              type="button"
              class="button"
              onClick={() => setValues(Object.fromEntries(middles) as FormValues)}
            >
              Middle of the range seen
            </button>
          )}
        </div>
      </form>
      <div aria-live="polite">
        {outcome?.kind === 'refused' && (
          <p class="fault">
            {outcome.detail} <code>{outcome.code}</code>
          </p>
        )}
        {outcome?.kind === 'answered' && <PredictionAnswered answered={outcome} />}
      </div>
      <details class="try-curl">
        <summary>The same call for a terminal</summary>
        <CurlCall path={path} body={body} />
      </details>
    </Section>
  );
}

function CurlCall({ path, body }: { readonly path: string; readonly body: string }) {
  const command = curlCommand(new URL(path, document.baseURI).href, body);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it. */}
      <pre tabIndex={0}>
        <code>{command}</code>
      </pre>
      <CopyButton text={command} label="Copy the command" />
    </>
  );
}
