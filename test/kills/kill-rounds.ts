import { numbersFrom } from '../../bench/harness/random';

const SHORT_ROUNDS = 5;
const WIPE_LINE = '\r\u001b[K';

/** The options of a run of kills; `npm run test:kills` sets these variables. */
export const ROUNDS = Number(process.env.ALDER_KILL_ROUNDS || SHORT_ROUNDS);
export const SEED = Number(process.env.ALDER_KILL_SEED || 1);

/** The time limit of all rounds; one round takes about 1 s, and up to 20 s when it fails. */
export const ROUNDS_MS_MAX = 120_000 + ROUNDS * 20_000;

export interface KillSeries {
  /** `trainer, embedded` */
  readonly name: string;
  /** `--what trainer --backend embedded` */
  readonly flags: string;
}

/** One round, as `play` gets it. */
export interface KillRound {
  /** Counted from 1. */
  readonly round: number;
  /** Uniform in [0, 1), the same for the same seed and round. */
  readonly random: () => number;
}

/**
 * Plays the rounds one after the other. `play` makes progress, kills, checks the invariants of a round, and returns a
 * short report. An error of `play` is thrown with the seed, the round and the command that repeats it.
 */
export async function playRounds(
  { name, flags }: KillSeries,
  play: (round: KillRound) => Promise<string>,
): Promise<void> {
  const isTerminal = process.stderr.isTTY === true;
  for (let round = 1; round <= ROUNDS; round++) {
    try {
      const seen = await play({ round, random: numbersFrom(SEED + round * 7_919) });
      const line = `${name}: round ${round}/${ROUNDS}, ${seen}`;
      process.stderr.write(isTerminal ? `${WIPE_LINE}${line}` : `${line}\n`);
    } catch (cause) {
      const again = `npm run test:kills -- ${flags} --rounds ${round} --seed ${SEED}`;
      const fault = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${name}: round ${round} of ${ROUNDS}, seed ${SEED}: ${fault}\nagain: ${again}`, {
        cause,
      });
    }
  }
  if (isTerminal) process.stderr.write('\n');
}

/** Waits a random time up to `msMax`, so that the kill may come at any moment of the work. */
export function atRandom(msMax: number, random: () => number): Promise<number> {
  const waitMs = Math.round(random() * msMax);
  return new Promise((resolve) => {
    setTimeout(() => resolve(waitMs), waitMs);
  });
}
