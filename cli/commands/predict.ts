import { Command } from 'commander';
import { decodeServedModel, type ServedModel } from '../../services/serving/models/served-model';
import { answerPrediction } from '../../services/serving/predict/answer-prediction';
import { AlderError } from '../../shared/errors';
import type { ModelRegistry } from '../../shared/model-registry/model-registry';
import { resolveVersion, unknownVersion } from '../load-version';
import { withRegistry } from '../open-backend';
import { SETTING_GROUPS, settingsOf, withSettings } from '../options';
import { predictFile } from '../predict-file';
import { SlowProgress, Terminal } from '../terminal';

/** `alder predict 5.1 3.5 1.4 0.2`: the answer of HTTP, computed from the registry, for one row or a CSV file. */
export function predictCommand(): Command {
  const command = new Command('predict')
    .description('predict one row or every row of a CSV file, from the registry and without HTTP')
    .argument(
      '[features...]',
      "one number per feature, in the schema's order (after -- when a number is negative)",
    )
    .option(
      '--file <csv>',
      'a CSV file whose header names the features; stdout gets its cells and the predictions',
    )
    .option('--version-or-alias <version>', 'the version that predicts, as number or alias', 'champion')
    .option('--json', 'the answer of HTTP for one row')
    .addHelpText(
      'after',
      '\nExamples:\n  alder predict 5.1 3.5 1.4 0.2\n  alder predict --file rows.csv > predicted.csv',
    );
  return withSettings(command, SETTING_GROUPS.backend).action(
    async (features: string[], { json, file, versionOrAlias, ...flags }: Record<string, unknown>) => {
      if ((file === undefined) === (features.length === 0))
        throw new AlderError('usage', 'name the features of one row, or a file of rows with --file');
      const settings = settingsOf(flags);
      const model = await withRegistry(settings, (registry) => loadModel(registry, String(versionOrAlias)));
      if (file !== undefined) return predictAll(String(file), model);
      const answer = answerPrediction(Buffer.from(`{"data":[${features.join(',')}]}`), model);
      if (answer.status !== 200) throw refusal(answer.body, model.tree.featureNames);
      process.stdout.write(json === true ? `${answer.body}\n` : describe(answer.body));
    },
  );
}

async function loadModel(registry: ModelRegistry, versionOrAlias: string): Promise<ServedModel> {
  const version = await resolveVersion(registry, versionOrAlias);
  const [recordText, treeText] = await Promise.all([
    registry.loadRecord(version),
    registry.loadTree(version),
  ]);
  if (recordText === null || treeText === null) throw unknownVersion(registry, version);
  return decodeServedModel({ model: registry.model, version, recordText, treeText }, 1);
}

async function predictAll(file: string, model: ServedModel): Promise<void> {
  const progress = new SlowProgress(new Terminal(process.stderr));
  try {
    await predictFile(file, model, process.stdout, (rows) => progress.show(`predicted ${rows} rows`));
  } finally {
    progress.end();
  }
}

function refusal(body: string, featureNames: readonly string[]): AlderError {
  const { code, detail } = JSON.parse(body) as { code: string; detail: string };
  return new AlderError('usage', `${code}: ${detail}`, {
    hint: `this model takes ${featureNames.length} numbers: ${featureNames.join(' ')}`,
  });
}

function describe(body: string): string {
  const { prediction, probabilities, version, digest } = JSON.parse(body) as {
    prediction: string;
    probabilities: Record<string, number>;
    version: number;
    digest: string;
  };
  const shares = Object.entries(probabilities).map(([name, share]) => `${name} ${share.toFixed(3)}`);
  return `${prediction}\n  ${shares.join(' · ')}\n  version ${version} · tree ${digest.slice(0, 12)}\n`;
}
