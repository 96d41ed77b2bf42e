import type { VersionsAnswer } from '../../shared/api/answers';
import { JSON_TYPE, jsonAnswer } from '../../shared/http/answer';
import { readQuery } from './query';
import { readVersion } from './selector';
import { type Route, refuseOtherModels, type ServingContext } from './serving-context';
import { SharedLoads } from './shared-loads';

/** GET /models/{model}/versions: what is stored. However many ask at once, the registry is asked once. */
export function listVersions(context: ServingContext): Route {
  const lists = new SharedLoads<'all', readonly [number[], VersionsAnswer['aliases']]>(1);
  return async (request) => {
    readQuery(request.originalUrl, []);
    refuseOtherModels(context, request);
    const [versions, aliases] = await lists.load('all', async () => {
      const { aliases } = await context.registry.loadState();
      const targets = Object.entries(aliases).map(([name, { version }]) => [name, version] as const);
      return [await context.registry.listVersions(), Object.fromEntries(targets)];
    });
    const body: VersionsAnswer = { model: context.model, latest: versions.at(-1) ?? null, aliases, versions };
    return jsonAnswer(200, body);
  };
}

/** GET /models/{model}/versions/{v}: the record, byte for byte as it is stored. */
export function showVersion(context: ServingContext): Route {
  return async (request) => {
    readQuery(request.originalUrl, []);
    refuseOtherModels(context, request);
    const version = readVersion(String(request.params.version));
    const { text } = await context.loads.record(version);
    return { status: 200, headers: { 'content-type': JSON_TYPE }, body: text };
  };
}
