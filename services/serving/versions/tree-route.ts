import { createHash } from 'node:crypto';
import { AlderError } from '../../../shared/errors';
import { immutableAnswer } from '../../../shared/http/answer';
import { nodeCount } from '../../../shared/tree/tree';
import { encodeAs, TREE_FILE_KINDS, type TreeFormatName } from '../../../shared/tree-formats/formats';
import { readVersion } from '../models/choose-model';
import { type RouteOf, refuseOtherModels, type ServingContext } from '../server/serving-context';

/** A larger tree takes more than a tenth of a second to write, in which nobody else is answered; "alder export" has no bound. */
export const WRITTEN_NODES_MAX = 4_000;

/** GET /models/{model}/versions/{v}/tree: the tree as it is stored, or as other programs read it. */
export function showTree(context: ServingContext): RouteOf<'showTree'> {
  return async (request, _response, { format }) => {
    refuseOtherModels(context, request);
    const version = readVersion(String(request.params.version));
    const [body, digest] =
      format === 'json' ? await storedTree(context, version) : await writtenTree(context, version, format);
    return immutableAnswer(request, TREE_FILE_KINDS[format].contentType, body, digest);
  };
}

async function storedTree(
  { loads, registry }: ServingContext,
  version: number,
): Promise<readonly [string, string]> {
  const { record } = await loads.record(version);
  const text = await registry.loadTree(version);
  if (text === null) throw new AlderError('retired-version', `version ${version} was retired`);
  return [text, record.tree.digest];
}

async function writtenTree(
  { models }: ServingContext,
  version: number,
  format: TreeFormatName,
): Promise<readonly [string | Uint8Array, string]> {
  const { tree, model, digest } = await models.pinned(version);
  if (nodeCount(tree) > WRITTEN_NODES_MAX)
    throw new AlderError('export-too-large', `version ${version} has ${nodeCount(tree)} nodes`);
  const body = encodeAs(format, tree, { model, version, digest });
  return [body, createHash('sha256').update(body).digest('hex')];
}
