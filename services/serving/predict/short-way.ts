import type { ServerResponse } from 'node:http';
import { isPlainJson } from '../../../shared/http/read-body';
import type { ServerRequest } from '../../../shared/http/server-request';
import { champion, selected, selectorOf } from '../models/choose-model';
import type { ServingContext } from '../server/serving-context';
import { CHAMPION_ROUTE, PINNED_ROUTE } from './predict-routes';
import { type Destination, ShortPrediction } from './short-answer';

/** No query, no escape, no second slash: whatever has one is for the router to judge. */
const PINNED_PATH = /^\/models\/serve\/([a-z0-9_-]+)\/([a-z0-9_-]+)$/;

/**
 * Carries predictions past Express: a request that is plainly one goes from the bytes of its body to the same answer,
 * mostly within the one call in which the parser read it. Whatever is unusual about a request is for Express, so what
 * is refused is refused in one place, and nothing is let in here that is not let in there.
 */
export function shortWay(context: ServingContext) {
  const toChampion: Destination = {
    tally: context.metrics.requests.of(CHAMPION_ROUTE),
    choose: () => champion(context),
  };
  return (
    request: ServerRequest,
    response: ServerResponse,
    onChange: (request: ServerRequest) => void,
  ): ShortPrediction | null => {
    if (request.method !== 'POST') return null;
    const byteLength = plainLength(request, context.requestBytesMax);
    if (byteLength === 0) return null;
    const { url } = request;
    const destination = url === CHAMPION_ROUTE ? toChampion : pinnedDestination(context, url ?? '');
    if (destination === null) return null;
    return new ShortPrediction(context, destination, request, response, byteLength, onChange);
  };
}

/** The length of a JSON body that is read as `readBody` would read it; 0 for every other. */
function plainLength({ headers }: ServerRequest, bytesMax: number): number {
  if (headers['transfer-encoding'] !== undefined || headers['content-encoding'] !== undefined) return 0;
  const byteLength = Number(headers['content-length'] ?? 0);
  return byteLength <= bytesMax && isPlainJson(headers['content-type']) ? byteLength : 0;
}

function pinnedDestination(context: ServingContext, path: string): Destination | null {
  const [, model, text] = PINNED_PATH.exec(path) ?? [];
  if (text === undefined || model !== context.model) return null;
  try {
    const selector = selectorOf(context, text);
    return {
      tally: context.metrics.requests.of(PINNED_ROUTE),
      choose: () => selected(context, selector),
    };
  } catch {
    // Express meets the same fault, and refuses it before it reads a body.
    return null;
  }
}
