const ABSOLUTE = /^https?:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%-]+)(:[0-9]{0,5})?(?=[/?]|$)/i;

/**
 * The path and query that a request's target names (RFC 9112, section 3.2), or null when it names none. A whole
 * address, as clients send it to a proxy, loses its authority here, because a router that parses addresses itself
 * answers in its own way to those that it cannot read. A `#` belongs to no target.
 */
export function pathOfTarget(target: string): string | null {
  if (target.includes('#')) return null;
  if (target.startsWith('/') || target === '*') return target;
  const authority = ABSOLUTE.exec(target)?.[0];
  if (authority === undefined) return null;
  const path = target.slice(authority.length);
  return path.startsWith('/') ? path : `/${path}`;
}
