import type { Request, Response } from 'express';
import {
  type AliasAnswer,
  type AliasChangedAnswer,
  type AliasesAnswer,
  changeBody,
  pointBody,
} from '../../../shared/api/models';
import { AlderError } from '../../../shared/errors';
import { type Answer, jsonAnswer } from '../../../shared/http/answer';
import { problem } from '../../../shared/http/problem';
import {
  type AliasChanged,
  type ChangedBy,
  type Expected,
  pointAlias,
  releaseChampion,
  rollBack,
} from '../../../shared/model-registry/alias-changes';
import { CHAMPION, isAliasName } from '../../../shared/model-registry/aliases';
import type { AliasValue, ModelRegistry, RegistryState } from '../../../shared/model-registry/model-registry';
import type { Clock } from '../../../shared/runtime/clock';
import type { Log } from '../../../shared/runtime/log';
import type { ModelSource } from '../models/choose-model';
import { type DocumentNeeds, expectedRevision, readDocument } from '../route/read-request';
import { type Route, refuseOtherModels } from '../route/route';

/** The needs of the routes that read aliases. */
export interface AliasNeeds {
  readonly model: string;
  readonly registry: ModelRegistry;
}

/** The needs of the routes that move an alias and wait until this process serves by it. */
export interface AliasChangeNeeds extends AliasNeeds, DocumentNeeds, ModelSource {
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts when the service stops. */
  readonly stopping: AbortSignal;
}

/** A push takes milliseconds and a poll a quarter of a second; a registry that is away is not waited for. */
const SEEN_MS_MAX = 1_000;

/** GET /models/{model}/aliases: the aliases as the registry has them now, which may be newer than the state seen here. */
export function listAliases({ model, registry }: AliasNeeds): Route {
  return async (request) => {
    refuseOtherModels(model, request);
    const { aliases, newest } = await registry.loadState();
    const body: AliasesAnswer = { model, latest: newest?.version ?? null, aliases };
    return jsonAnswer(200, body);
  };
}

/** GET /models/{model}/aliases/{alias}: a change names the ETag of this answer in If-Match. */
export function showAlias({ model, registry }: AliasNeeds): Route {
  return async (request) => {
    refuseOtherModels(model, request);
    const alias = String(request.params.alias);
    const value = isAliasName(alias) ? await aliasNow(registry, alias) : undefined;
    if (value === undefined) throw new AlderError('unknown-alias', 'there is no such alias');
    const body: AliasAnswer = { model, alias, ...value };
    return jsonAnswer(200, body, { etag: tagOf(value) });
  };
}

/** PUT /models/{model}/aliases/{alias}: points it at a version. `If-Match` or `If-None-Match: *` is required. */
export function putAlias(needs: AliasChangeNeeds): Route {
  return async (request, response) => {
    refuseOtherModels(needs.model, request);
    const alias = String(request.params.alias);
    if (!isAliasName(alias)) throw new AlderError('alias-name', 'this cannot be the name of an alias');
    const expected = expectedRevision(request);
    if (expected === null) throw new AlderError('precondition-required', 'a move needs If-Match');
    const body = await readDocument(needs, request, response, pointBody);
    if ('refused' in body) return body.refused;
    const { version } = body.value;
    const by = changedBy(needs.clock, body.value, `${alias} to version ${version}`);
    const target = { alias, version, expected };
    return changedAnswer(needs, alias, await pointAlias(needs.registry, target, by));
  };
}

/** POST /models/{model}/rollback: back to the previous champion, held. `If-Match` may name the champion's tag. */
export function rollback(needs: AliasChangeNeeds): Route {
  return (request, response) => changeChampion(needs, request, response, 'rollback', rollBack);
}

/** POST /models/{model}/release: lets the gate move a held champion again. */
export function release(needs: AliasChangeNeeds): Route {
  return (request, response) => changeChampion(needs, request, response, 'release', releaseChampion);
}

async function changeChampion(
  needs: AliasChangeNeeds,
  request: Request,
  response: Response,
  defaultReason: string,
  change: (registry: ModelRegistry, expected: Expected, by: ChangedBy) => Promise<AliasChanged>,
): Promise<Answer | null> {
  refuseOtherModels(needs.model, request);
  const expected = expectedRevision(request) ?? 'any';
  const body = await readDocument(needs, request, response, changeBody);
  if ('refused' in body) return body.refused;
  const by = changedBy(needs.clock, body.value, defaultReason);
  return changedAnswer(needs, CHAMPION, await change(needs.registry, expected, by));
}

function changedBy(
  clock: Clock,
  { actor = 'admin', reason }: { readonly actor?: string | undefined; readonly reason?: string | undefined },
  defaultReason: string,
): ChangedBy {
  return { name: actor, reason: reason ?? defaultReason, at: clock.wallTime() };
}

async function changedAnswer(needs: AliasChangeNeeds, alias: string, changed: AliasChanged): Promise<Answer> {
  const { value } = changed;
  if (changed.outcome === 'stale') {
    const headers = value === null ? {} : { etag: tagOf(value) };
    return problem('precondition-failed', { headers, members: { revision: value?.revision ?? null } });
  }
  await untilSeen(needs, alias, changed.value);
  const { from } = changed;
  const { version } = changed.value;
  needs.log.info('alias-moved', `${alias} points at version ${version}`, { alias, from, version });
  const body: AliasChangedAnswer = { model: needs.model, alias, ...changed.value, from };
  return jsonAnswer(200, body, { etag: tagOf(changed.value) });
}

/**
 * Resolves when this process serves by the change that it has just made, or after `SEEN_MS_MAX`. A client that moves an
 * alias and then predicts gets the version that it moved the alias to.
 */
async function untilSeen(
  { view, models, clock, stopping }: AliasChangeNeeds,
  alias: string,
  { revision }: AliasValue,
): Promise<void> {
  const isSeen = (state: RegistryState | null) => (state?.aliases[alias]?.revision ?? 0) >= revision;
  const seen = new AbortController();
  const unsubscribe = view.onState((state) => {
    if (isSeen(state)) seen.abort();
  });
  try {
    if (!isSeen(view.state)) await clock.sleep(SEEN_MS_MAX, AbortSignal.any([seen.signal, stopping]));
    if (isSeen(view.state)) await models.settled();
  } finally {
    unsubscribe();
  }
}

async function aliasNow(registry: ModelRegistry, alias: string): Promise<AliasValue | undefined> {
  const { aliases } = await registry.loadState();
  return Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
}

function tagOf({ revision }: AliasValue): string {
  return `"${revision}"`;
}
