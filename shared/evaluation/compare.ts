/** How two versions did on the same rows. Integer counts. */
export interface PairedHits {
  readonly rows: number;
  readonly championHits: number;
  readonly candidateHits: number;
  /** Rows that only the champion gets right: b of McNemar's table. */
  readonly onlyChampion: number;
  /** Rows that only the candidate gets right: c of McNemar's table. */
  readonly onlyCandidate: number;
}

/** Compares two versions' predicted classes with the actual ones, row by row; all of shape [rows]. */
export function comparePaired(
  actual: Uint32Array,
  champion: Uint32Array,
  candidate: Uint32Array,
): PairedHits {
  let both = 0;
  let onlyChampion = 0;
  let onlyCandidate = 0;
  for (let row = 0; row < actual.length; row++) {
    const championIsRight = champion[row] === actual[row];
    const candidateIsRight = candidate[row] === actual[row];
    if (championIsRight && candidateIsRight) both++;
    else if (championIsRight) onlyChampion++;
    else if (candidateIsRight) onlyCandidate++;
  }
  return {
    rows: actual.length,
    championHits: both + onlyChampion,
    candidateHits: both + onlyCandidate,
    onlyChampion,
    onlyCandidate,
  };
}
