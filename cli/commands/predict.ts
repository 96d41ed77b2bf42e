import { Command } from 'commander';
import { answerPrediction } from '../../services/serving/answer-prediction';
import { decodeServedModel } from '../../services/serving/served-model';
import { AlderError } from '../../shared/errors';
import { silentLog } from '../../shared/runtime/log';
import { resolveVersion, unknownVersion } from '../load-version';
import { LOOKING, openBackend } from '../open-backend';
import { SETTING_GROUPS, settingsOf, withSettings } from '../settings-options';

/** `alder predict 5.1 3.5 1.4 0.2`: the same answer as over HTTP, read from the registry. */
export function predictCommand(): Command {
  const command = new Command('predict')
    .description("predict one row from the registry, without HTTP; the features in the schema's order")
    .argument('<features...>', 'one number a feature (after -- when one is negative)')
    .option('--version-or-alias <version>', 'number or alias', 'champion')
    .option('--json', 'the answer as HTTP gives it')
    .addHelpText('after', '\nExample:\n  alder predict 5.1 3.5 1.4 0.2');
  return withSettings(command, SETTING_GROUPS.backend).action(
    async (features: string[], { json, versionOrAlias, ...flags }: Record<string, unknown>) => {
      const settings = settingsOf(flags);
      const backend = openBackend(settings, silentLog);
      try {
        const registry = await backend.registry(LOOKING);
        const version = await resolveVersion(registry, String(versionOrAlias));
        const [recordText, treeText] = await Promise.all([
          registry.loadRecord(version),
          registry.loadTree(version),
        ]);
        if (recordText === null || treeText === null) throw unknownVersion(registry, version);
        const model = decodeServedModel({ model: settings.model, version, recordText, treeText }, 1);
        const answer = answerPrediction(Buffer.from(`{"data":[${features.join(',')}]}`), model);
        if (answer.status !== 200) throw refusal(answer.body, model.tree.featureNames);
        process.stdout.write(json === true ? `${answer.body}\n` : describe(answer.body));
      } finally {
        await backend.close();
      }
    },
  );
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
