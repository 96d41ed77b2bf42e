import { createHash } from 'node:crypto';
import type {
  Lease,
  ModelRegistry,
  Publication,
  RegistryState,
} from '../../shared/model-registry/model-registry';

/** RFC 3339; the registry stores it and makes no decision by it. */
export const PUBLISHED_AT = '2026-11-03T10:00:00.000Z';

/** The lease that a test publishes with; acquires it when it is free. */
export async function takeLease(registry: ModelRegistry, holder = 'trainer-a'): Promise<Lease> {
  const lease = await registry.takeLease((await registry.loadState()).lease, holder);
  if (lease === null) throw new Error('the lease was taken by somebody else');
  return lease;
}

/** A publication of the version after the newest one of `state`; `changes` overwrite its fields. */
export function nextPublication(
  state: RegistryState,
  lease: Lease,
  changes: Partial<Publication> = {},
): Publication {
  const version = changes.version ?? (state.newest?.version ?? 0) + 1;
  const recordText =
    changes.recordText ?? `{"format":"alder-version/1","version":${version},"city":"Zürich 🌲"}`;
  return {
    lease,
    version,
    recordDigest: createHash('sha256').update(recordText).digest('hex'),
    recordText,
    treeText: `{"format":"alder-tree/1","of":${version}}`,
    parent: state.newest,
    championRevision: state.aliases.champion?.revision ?? 0,
    promote: true,
    reason: 'not-worse',
    actor: lease.holder,
    at: PUBLISHED_AT,
    answer: null,
    keepVersions: 100,
    keepFrom: 1,
    ...changes,
  };
}

/** Publishes the next version and expects success. */
export async function publishNext(
  registry: ModelRegistry,
  lease: Lease,
  changes: Partial<Publication> = {},
): Promise<Publication> {
  const publication = nextPublication(await registry.loadState(), lease, changes);
  const outcome = await registry.publish(publication);
  if (outcome !== 'done') throw new Error(`version ${publication.version} was not published: ${outcome}`);
  return publication;
}

/** The whole content of a registry, to check that a refused step changed nothing. */
export async function everythingIn(registry: ModelRegistry): Promise<unknown> {
  const versions = await registry.listVersions();
  return {
    state: await registry.loadState(),
    journal: await registry.journal(1_000),
    versions,
    records: await Promise.all(versions.map((version) => registry.loadRecord(version))),
    trees: await Promise.all(versions.map((version) => registry.loadTree(version))),
  };
}
