import type { IncomingMessage } from 'node:http';
import { problem } from '../../../shared/http/problem';
import type { Route, ServingContext } from '../server/serving-context';
import { DashboardHub } from './dashboard-hub';
import { STREAM_HEADERS } from './open-page';

const VERSION_ID = /^[1-9][0-9]{0,14}$/;

/** GET /events: a stream that ends when the client goes or the service stops. */
export function followEvents(context: ServingContext): Route {
  let hub: DashboardHub | null = null;
  return (request, response) => {
    hub ??= new DashboardHub(context);
    if (!hub.hasRoom) return problem('too-many-waiters');
    if (request.method === 'HEAD') return { status: 200, headers: STREAM_HEADERS, body: '' };
    // A client that is gone by now would never be heard to close.
    if (!response.destroyed) hub.open(response, lastVersion(request));
    return null;
  };
}

/** A client that brings an id which was never given here begins anew: an error would keep a browser from coming back. */
function lastVersion({ headers }: IncomingMessage): number {
  const id = headers['last-event-id'];
  return typeof id === 'string' && VERSION_ID.test(id) ? Number(id) : 0;
}
