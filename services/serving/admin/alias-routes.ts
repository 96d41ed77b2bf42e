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
import type { AliasValue } from '../../../shared/model-registry/model-registry';

import { type Route, refuseOtherModels, type ServingContext } from '../server/serving-context';
import { expectedRevision } from './preconditions';
import { readDocument } from './read-document';
import { untilSeen } from './until-seen';

/** GET /models/{model}/aliases: what points where, as the registry has it now and not as this process saw it last. */
export function listAliases(context: ServingContext): Route {
  return async (request) => {
    refuseOtherModels(context, request);
    const { aliases, newest } = await context.registry.loadState();
    const body: AliasesAnswer = { model: context.model, latest: newest?.version ?? null, aliases };
    return jsonAnswer(200, body);
  };
}

/** GET /models/{model}/aliases/{alias}: its ETag is what a change names in If-Match. */
export function showAlias(context: ServingContext): Route {
  return async (request) => {
    refuseOtherModels(context, request);
    const alias = String(request.params.alias);
    const value = isAliasName(alias) ? await aliasNow(context, alias) : undefined;
    if (value === undefined) throw new AlderError('unknown-alias', 'there is no such alias');
    const body: AliasAnswer = { model: context.model, alias, ...value };
    return jsonAnswer(200, body, { etag: tagOf(value) });
  };
}

/** PUT /models/{model}/aliases/{alias}: points it at a version. `If-Match` or `If-None-Match: *` is required. */
export function putAlias(context: ServingContext): Route {
  return async (request, response) => {
    refuseOtherModels(context, request);
    const alias = String(request.params.alias);
    if (!isAliasName(alias)) throw new AlderError('alias-name', 'this cannot be the name of an alias');
    const expected = expectedRevision(request);
    if (expected === null) throw new AlderError('precondition-required', 'a move needs If-Match');
    const body = await readDocument(context, request, response, pointBody);
    if ('refused' in body) return body.refused;
    const { version } = body.value;
    const by = changedBy(context, body.value, `${alias} to version ${version}`);
    const target = { alias, version, expected };
    return changedAnswer(context, alias, await pointAlias(context.registry, target, by));
  };
}

/** POST /models/{model}/rollback: the champion before the live one, held. `If-Match` with the champion's tag, or none. */
export function rollback(context: ServingContext): Route {
  return (request, response) => changeChampion(context, request, response, 'rollback', rollBack);
}

/** POST /models/{model}/release: a held champion follows the gate again. */
export function release(context: ServingContext): Route {
  return (request, response) => changeChampion(context, request, response, 'release', releaseChampion);
}

async function changeChampion(
  context: ServingContext,
  request: Request,
  response: Response,
  what: string,
  change: (registry: ServingContext['registry'], expected: Expected, by: ChangedBy) => Promise<AliasChanged>,
): Promise<Answer | null> {
  refuseOtherModels(context, request);
  const expected = expectedRevision(request) ?? 'any';
  const body = await readDocument(context, request, response, changeBody);
  if ('refused' in body) return body.refused;
  const changed = await change(context.registry, expected, changedBy(context, body.value, what));
  return changedAnswer(context, CHAMPION, changed);
}

function changedBy(
  { clock }: ServingContext,
  { actor = 'admin', reason }: { readonly actor?: string | undefined; readonly reason?: string | undefined },
  what: string,
): ChangedBy {
  return { name: actor, reason: reason ?? what, at: clock.wallTime() };
}

async function changedAnswer(context: ServingContext, alias: string, changed: AliasChanged): Promise<Answer> {
  const { value } = changed;
  if (changed.outcome === 'stale') {
    const headers = value === null ? {} : { etag: tagOf(value) };
    return problem('precondition-failed', { headers, members: { revision: value?.revision ?? null } });
  }
  await untilSeen(context, alias, changed.value);
  context.log.info('alias-moved', `${alias} points at version ${changed.value.version}`, {
    alias,
    from: changed.from,
    version: changed.value.version,
  });
  const body: AliasChangedAnswer = { model: context.model, alias, ...changed.value, from: changed.from };
  return jsonAnswer(200, body, { etag: tagOf(changed.value) });
}

async function aliasNow({ registry }: ServingContext, alias: string): Promise<AliasValue | undefined> {
  const { aliases } = await registry.loadState();
  return Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
}

function tagOf({ revision }: AliasValue): string {
  return `"${revision}"`;
}
