const PAGES_MAX = 100;
/** An open page keeps its connection for good, so most connections are left to those who come and go. */
const CONNECTIONS_OF_A_PAGE = 4;

/** How many pages may be open at once, of all connections of a process. */
export function pagesMaxOf(connectionsMax: number): number {
  return Math.min(PAGES_MAX, Math.max(1, Math.floor(connectionsMax / CONNECTIONS_OF_A_PAGE)));
}
