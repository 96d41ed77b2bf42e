import { type Operation, READ } from './operation';

/** What the dashboard's page asks for, beside the routes of everybody. */
export const DASHBOARD_OPERATIONS = {
  followEvents: {
    ...READ,
    path: '/events',
    summary:
      'How the pipeline is doing, every second, and what is new, until the client goes: server-sent events of the names pipeline, versions and journal; Last-Event-ID resumes',
    answers: { 200: 'text/event-stream' },
    faults: ['too-many-waiters'],
  },
  showPageFile: {
    ...READ,
    path: '/page/{file}',
    summary: "The dashboard's script or style",
    answers: { 200: 'text/javascript' },
    faults: ['not-found'],
  },
} as const satisfies Record<string, Operation>;
