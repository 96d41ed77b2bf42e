import { type FeatureField, rangeText } from './form-values';

interface FeatureInputProps {
  readonly field: FeatureField;
  /** Makes ids; no two fields have the same. */
  readonly number: number;
  readonly value: string;
  readonly fault: string | null;
  onValue(value: string): void;
}

/** A number to type, with its unit, what was seen of it, and what is wrong with it. */
export function FeatureInput({ field, number, value, fault, onValue }: FeatureInputProps) {
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
        aria-invalid={fault !== null}
        aria-describedby={`${id}-range ${id}-fault`}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <small id={`${id}-range`} class="quiet">
        {range === null ? 'range not known' : `seen: ${range}`}
      </small>
      <small id={`${id}-fault`} class="fault">
        {fault}
      </small>
    </div>
  );
}
