/**
 * Hex sha256 of the demonstration's last tree: Iris in the order of `--shuffle 1`, one partition, default settings. It is
 * the same on every log and registry and for all mini-batches; the README prints it.
 */
export const IRIS_TREE_DIGEST = '07fdc5748ab7b2b7a821e71d7861ccfb5af9385b7d925b422fde6dd3334bc172';
