import { createHash } from 'node:crypto';
import type {
  JournalAnswer,
  LiveAtAnswer,
  ModelAnswer,
  ModelsAnswer,
  VersionsAnswer,
} from '../../../shared/api/models';
import { AlderError } from '../../../shared/errors';
import { CACHE_REVALIDATED, JSON_TYPE, jsonAnswer, taggedAnswer } from '../../../shared/http/answer';
import { CHAMPION } from '../../../shared/model-registry/aliases';
import { JOURNAL_ENTRIES_MAX, liveAt } from '../../../shared/model-registry/journal';
import type { JournalEntry, ModelRegistry } from '../../../shared/model-registry/model-registry';
import { nodeCount } from '../../../shared/tree/tree';
import { encodeAs, TREE_FILE_KINDS, type TreeFormatName } from '../../../shared/tree-formats/formats';
import { type ModelSource, readVersion } from '../models/choose-model';
import type { ServedModels } from '../models/served-models';
import { SingleFlight } from '../models/single-flight';
import type { VersionLoads } from '../models/version-loads';
import { type Route, type RouteOf, refuseOtherModels } from '../route/route';

/** The needs of the routes that read the registry. */
export interface RegistryNeeds {
  readonly model: string;
  readonly registry: ModelRegistry;
}

export interface ModelNeeds extends RegistryNeeds, ModelSource {}

export interface RecordNeeds {
  readonly model: string;
  readonly loads: VersionLoads;
}

export interface TreeNeeds extends RegistryNeeds, RecordNeeds {
  readonly models: ServedModels;
}

/** Writing a larger tree takes over a tenth of a second, in which no request is answered; "alder export" has no bound. */
export const WRITTEN_NODES_MAX = 4_000;

/** GET /models: a list of the one model that is served here. */
export function listModels(needs: ModelNeeds): Route {
  const describe = modelDescriber(needs);
  return async () => {
    const body: ModelsAnswer = { models: [await describe()] };
    return jsonAnswer(200, body);
  };
}

/** GET /models/{model} */
export function showModel(needs: ModelNeeds): Route {
  const describe = modelDescriber(needs);
  return async (request) => {
    refuseOtherModels(needs.model, request);
    return jsonAnswer(200, await describe());
  };
}

/** Requests at the same time share one read of the registry. */
function modelDescriber(needs: ModelNeeds): () => Promise<ModelAnswer> {
  const reads = new SingleFlight<'now', ModelAnswer>(1);
  return () => reads.load('now', () => describeModel(needs));
}

async function describeModel({ registry, model, models, view }: ModelNeeds): Promise<ModelAnswer> {
  const [state, versions] = await Promise.all([registry.loadState(), registry.listVersions()]);
  const tree = models.champion?.tree;
  return {
    model,
    champion: state.aliases[CHAMPION] ?? null,
    latest: state.newest?.version ?? null,
    previousChampion: state.previousChampion,
    versions: versions.length,
    features: tree === undefined ? null : [...tree.featureNames],
    classes: tree === undefined ? null : [...tree.classNames],
    stalenessMs: Math.round(view.stalenessMs()),
  };
}

/** GET /models/{model}/versions: a page of the stored versions. Requests at the same time share one read. */
export function listVersions({ model, registry }: RegistryNeeds): RouteOf<'listVersions'> {
  const reads = new SingleFlight<'all', readonly [number[], VersionsAnswer['aliases']]>(1);
  return async (request, _response, { after, limit }) => {
    refuseOtherModels(model, request);
    const [versions, aliases] = await reads.load('all', async () => {
      const { aliases } = await registry.loadState();
      const targets = Object.entries(aliases).map(([name, { version }]) => [name, version] as const);
      return [await registry.listVersions(), Object.fromEntries(targets)];
    });
    const rest = versions.filter((version) => version > after);
    const page = rest.slice(0, limit);
    const body: VersionsAnswer = {
      model,
      latest: versions.at(-1) ?? null,
      aliases,
      versions: page,
      next: rest.length > page.length ? page.at(-1)! : null,
    };
    return jsonAnswer(200, body);
  };
}

/** GET /models/{model}/versions/{v}: the record, byte for byte as it is stored. */
export function showVersion({ model, loads }: RecordNeeds): Route {
  return async (request) => {
    refuseOtherModels(model, request);
    const { text } = await loads.record(readVersion(String(request.params.version)));
    const digest = createHash('sha256').update(text).digest('hex');
    return taggedAnswer(request, JSON_TYPE, text, digest, CACHE_REVALIDATED);
  };
}

/** GET /models/{model}/versions/{v}/tree: the tree as it is stored, or in a format of other programs. */
export function showTree(needs: TreeNeeds): RouteOf<'showTree'> {
  return async (request, _response, { format }) => {
    refuseOtherModels(needs.model, request);
    const version = readVersion(String(request.params.version));
    const [body, digest] =
      format === 'json' ? await storedTree(needs, version) : await writtenTree(needs, version, format);
    return taggedAnswer(request, TREE_FILE_KINDS[format].contentType, body, digest, CACHE_REVALIDATED);
  };
}

async function storedTree(
  { loads, registry }: TreeNeeds,
  version: number,
): Promise<readonly [string, string]> {
  const { record } = await loads.record(version);
  const text = await registry.loadTree(version);
  if (text === null) {
    const why = `version ${version} was retired`;
    throw new AlderError('retired-version', why, { fields: { version } });
  }
  return [text, record.tree.digest];
}

async function writtenTree(
  { models }: TreeNeeds,
  version: number,
  format: TreeFormatName,
): Promise<readonly [string | Uint8Array, string]> {
  const { tree, model, digest } = await models.pinned(version);
  const nodes = nodeCount(tree);
  if (nodes > WRITTEN_NODES_MAX) {
    const why = `version ${version} has ${nodes} nodes`;
    throw new AlderError('export-too-large', why, { fields: { version, nodes } });
  }
  const body = encodeAs(format, tree, { model, version, digest });
  return [body, createHash('sha256').update(body).digest('hex')];
}

/** GET /models/{model}/journal: the changes of aliases; with `?at=`, the version of each alias at that time. */
export function showJournal({ model, registry }: RegistryNeeds): RouteOf<'showJournal'> {
  const loads = new SingleFlight<number, JournalEntry[]>(4);
  return async (request, _response, { at, limit }) => {
    refuseOtherModels(model, request);
    const countMax = at === undefined ? limit : JOURNAL_ENTRIES_MAX;
    const entries = await loads.load(countMax, () => registry.journal(countMax));
    if (at !== undefined) {
      const body: LiveAtAnswer = { model, at, ...liveAt(entries, at) };
      return jsonAnswer(200, body);
    }
    const body: JournalAnswer = { model, entries: [...entries].reverse() };
    return jsonAnswer(200, body);
  };
}
