import { AlderError } from '../../shared/errors';
import { type Random, seededRandom } from './random';
import type { RowSource, SourceRow } from './row-source';
import { rowsInMemory } from './shuffle';

interface Simulation {
  /** Decides every row; the same seed gives the same rows. */
  readonly seed: number;
  /** The standard deviations by which each feature moves in 1,000 rows; 0 for no drift. */
  readonly driftPerThousandRows: number;
}

/** Noise in standard deviations of the column: enough that no two rows are equal, too little to mix the classes. */
const NOISE_SHARE = 0.05;
const DECIMALS = 4;

/**
 * Rows without end: each is drawn with replacement from the rows of a file and moved by a little noise. Plain repetition
 * would put equal rows among the fitted and the holdout rows, and so overstate every accuracy.
 *
 * Text in a feature stays unchanged. Holds the file's rows in memory; throws `csv-invalid` for a file without rows.
 */
export function simulatedRows(source: RowSource, simulation: Simulation): RowSource {
  return {
    file: source.file,
    rowCount: null,
    simulatedSeed: simulation.seed,
    rows: () => simulated(source, simulation),
  };
}

async function* simulated(
  source: RowSource,
  { seed, driftPerThousandRows }: Simulation,
): AsyncGenerator<SourceRow> {
  const rows = await rowsInMemory(source);
  if (rows.length === 0)
    throw new AlderError('csv-invalid', `${source.file} has no rows to draw from`, {
      fields: { file: source.file },
    });
  const deviations = standardDeviations(rows);
  const random = seededRandom(seed);
  for (let made = 0; ; made++) {
    const drawn = rows[random.below(rows.length)]!;
    const drift = (driftPerThousandRows * made) / 1_000;
    yield { features: moved(drawn.features, deviations, drift, random), label: drawn.label };
  }
}

function moved(
  features: SourceRow['features'],
  deviations: Float64Array,
  drift: number,
  random: Random,
): SourceRow['features'] {
  return features.map((cell, i) => {
    const shift = (NOISE_SHARE * random.gaussian() + drift) * deviations[i]!;
    return typeof cell === 'number' ? Number((cell + shift).toFixed(DECIMALS)) : cell;
  });
}

/**
 * Population standard deviation of each feature over its numbers, shape [nFeatures]; 0 for a feature without any.
 * One pass without cancellation (Welford, Technometrics 4, 1962).
 */
export function standardDeviations(rows: readonly SourceRow[]): Float64Array {
  const featureCount = rows[0]?.features.length ?? 0;
  const deviations = new Float64Array(featureCount);
  for (let feature = 0; feature < featureCount; feature++) {
    let count = 0;
    let mean = 0;
    let squares = 0;
    for (const row of rows) {
      const value = row.features[feature];
      if (typeof value !== 'number') continue;
      count++;
      const fromMean = value - mean;
      mean += fromMean / count;
      squares += fromMean * (value - mean);
    }
    deviations[feature] = count === 0 ? 0 : Math.sqrt(squares / count);
  }
  return deviations;
}
