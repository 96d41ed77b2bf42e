import { z } from 'zod';
import type { VersionRecord } from '../../../shared/model-registry/version-record';

/** What the log remembers of the registry: which one it was, and its newest version. */
const registryMark = z.object({ registry: z.string(), version: z.number().int(), recordDigest: z.string() });
export type RegistryMark = z.infer<typeof registryMark>;

export function registryMarkOf(registryId: string, { version, recordDigest }: VersionRecord): RegistryMark {
  return { registry: registryId, version, recordDigest };
}

/** As the metadata of mirrored offsets: about 150 bytes of the 4,096 that there are. */
export function encodeRegistryMark({ registry, version, recordDigest }: RegistryMark): string {
  return JSON.stringify({ registry, version, recordDigest });
}

/** Null for metadata that somebody else wrote: it says nothing of any registry. */
export function decodeRegistryMark(metadata: string | null): RegistryMark | null {
  if (metadata === null) return null;
  try {
    return registryMark.safeParse(JSON.parse(metadata)).data ?? null;
  } catch {
    return null;
  }
}
