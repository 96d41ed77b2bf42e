import { createHash } from 'node:crypto';
import type { VersionsAnswer } from '../../../shared/api/answers';
import { immutableAnswer, JSON_TYPE, jsonAnswer } from '../../../shared/http/answer';
import { readVersion } from '../models/choose-model';
import { SingleFlight } from '../models/single-flight';
import { type Route, type RouteOf, refuseOtherModels, type ServingContext } from '../server/serving-context';

/** GET /models/{model}/versions: a page of what is stored. However many ask at once, the registry is asked once. */
export function listVersions(context: ServingContext): RouteOf<'listVersions'> {
  const lists = new SingleFlight<'all', readonly [number[], VersionsAnswer['aliases']]>(1);
  return async (request, _response, { after, limit }) => {
    refuseOtherModels(context, request);
    const [versions, aliases] = await lists.load('all', async () => {
      const { aliases } = await context.registry.loadState();
      const targets = Object.entries(aliases).map(([name, { version }]) => [name, version] as const);
      return [await context.registry.listVersions(), Object.fromEntries(targets)];
    });
    const rest = versions.filter((version) => version > after);
    const page = rest.slice(0, limit);
    const body: VersionsAnswer = {
      model: context.model,
      latest: versions.at(-1) ?? null,
      aliases,
      versions: page,
      next: rest.length > page.length ? page.at(-1)! : null,
    };
    return jsonAnswer(200, body);
  };
}

/** GET /models/{model}/versions/{v}: the record, byte for byte as it is stored. */
export function showVersion(context: ServingContext): Route {
  return async (request) => {
    refuseOtherModels(context, request);
    const version = readVersion(String(request.params.version));
    const { text } = await context.loads.record(version);
    return immutableAnswer(request, JSON_TYPE, text, createHash('sha256').update(text).digest('hex'));
  };
}
