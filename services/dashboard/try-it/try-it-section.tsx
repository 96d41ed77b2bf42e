import { useEffect, useState } from 'preact/hooks';
import type { ModelAnswer } from '../../../shared/api/models';
import type { TrainerReport } from '../../../shared/api/trainer-report';
import { CopyButton } from '../ui/copy-button';
import { Section } from '../ui/section';
import { bodyOf, type FeatureField, type FormValues, fieldsOf, middleOf, rangeText } from './form-values';
import {
  type Answered,
  askPrediction,
  curlCommand,
  type DecisionPath,
  type Refused,
  servePath,
} from './prediction';
import { PredictionAnswered } from './prediction-answered';
import '../ui/controls.css';
import './try-it.css';

interface TryItSectionProps {
  readonly model: string;
  readonly features: TrainerReport['features'];
  readonly champion: number | null;
  /** The version whose tree a person chose; null for the champion. */
  readonly shown: number | null;
  onPath(path: DecisionPath | null): void;
}

/** A form for one row, and the prediction for it. */
export function TryItSection({ model, features, champion, shown, onPath }: TryItSectionProps) {
  const [values, setValues] = useState<FormValues>({});
  const [outcome, setOutcome] = useState<Answered | Refused | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const featureNames = useFeatureNames(model, champion !== null);
  const fields = fieldsOf(features, featureNames);
  const isChampion = shown === null || shown === champion;
  if (fields === null || (isChampion && champion === null))
    return (
      <Section title="Try it" id="try-it">
        <p class="quiet">No version has been trained yet, so predictions are not possible.</p>
      </Section>
    );
  const path = servePath(model, isChampion ? 'champion' : String(shown));
  const body = bodyOf(fields, values);
  const middles = fields.map((field) => [field.name, middleOf(field)] as const);
  const isMiddleKnown = middles.every(([, middle]) => middle !== null);
  const fieldErrors = outcome?.kind === 'refused' ? outcome.fieldErrors : {};

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
              error={fieldErrors[field.name] ?? null}
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
              Fill in mid-range values
            </button>
          )}
        </div>
      </form>
      <div aria-live="polite">
        {outcome?.kind === 'refused' && (
          <p class="error">
            {outcome.detail} <code>{outcome.code}</code>
          </p>
        )}
        {outcome?.kind === 'answered' && <PredictionAnswered answered={outcome} />}
      </div>
      <details class="try-curl">
        <summary>The same request as a curl command</summary>
        <CurlRequest path={path} body={body} />
      </details>
    </Section>
  );
}

function CurlRequest({ path, body }: { readonly path: string; readonly body: string }) {
  const command = curlCommand(new URL(path, document.baseURI).href, body);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the command scrolls, so the keyboard must reach it. */}
      <pre tabIndex={0}>
        <code>{command}</code>
      </pre>
      <CopyButton text={command} label="Copy the command" />
    </>
  );
}

interface FeatureInputProps {
  readonly field: FeatureField;
  /** Unique among the fields; the ids of the elements contain it. */
  readonly number: number;
  readonly value: string;
  readonly error: string | null;
  onValue(value: string): void;
}

/** The input of one feature, with its unit, its range and its error. */
function FeatureInput({ field, number, value, error, onValue }: FeatureInputProps) {
  const range = rangeText(field);
  const id = `try-${number}`;
  return (
    <div class="field try-field">
      <label for={id}>
        {field.name.replaceAll('_', ' ')} {field.unit !== null && <small>in {field.unit}</small>}
      </label>
      <input
        id={id}
        name={field.name}
        inputMode="decimal"
        autocomplete="off"
        value={value}
        aria-invalid={error !== null}
        aria-describedby={`${id}-range ${id}-error`}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <small id={`${id}-range`} class="quiet">
        {range === null ? 'range not known' : `range: ${range}`}
      </small>
      <small id={`${id}-error`} class="error">
        {error}
      </small>
    </div>
  );
}

const RETRY_MS = 2_000;

/** The names of the model's features; null before the first version. Retries until the server answers. */
function useFeatureNames(model: string, hasVersion: boolean): readonly string[] | null {
  const [names, setNames] = useState<readonly string[] | null>(null);
  useEffect(() => {
    if (model === '' || !hasVersion) return;
    const unmounted = new AbortController();
    let retry: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      try {
        const response = await fetch(`models/${model}`, { signal: unmounted.signal });
        if (!response.ok) throw new Error(response.statusText);
        const answer = (await response.json()) as ModelAnswer;
        setNames(answer.features);
      } catch {
        if (!unmounted.signal.aborted) retry = setTimeout(load, RETRY_MS);
      }
    };
    void load();
    return () => {
      unmounted.abort();
      clearTimeout(retry);
    };
  }, [model, hasVersion]);
  return names;
}
