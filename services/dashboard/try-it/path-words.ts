import type { PredictionAnswer } from '../../../shared/api/predictions';

type Step = NonNullable<PredictionAnswer['path']>[number];

export interface StepWords {
  readonly node: number;
  /** `petal_length 1.4 ≤ 2.45` or `> 2.45`; null at the leaf. */
  readonly question: string | null;
  readonly side: 'left' | 'right' | null;
  /** `38 setosa, 39 versicolor`: the fitted rows at the node. */
  readonly rows: string;
}

/** A step of the decision path in words. */
export function wordsOf(step: Step): StepWords {
  const told = Object.entries(step.rows).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  const rows = told.join(', ');
  if (!('feature' in step)) return { node: step.node, question: null, side: null, rows };
  const sign = step.side === 'left' ? '≤' : '>';
  return {
    node: step.node,
    question: `${step.feature} ${step.value} ${sign} ${step.threshold}`,
    side: step.side,
    rows,
  };
}
