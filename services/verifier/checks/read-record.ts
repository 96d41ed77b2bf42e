import { createHash } from 'node:crypto';
import { decodeVersionRecord, type VersionRecord } from '../../../shared/model-registry/version-record';
import type { Findings } from '../report';

/** Metadata of a record, which its digest leaves out, as it leaves out itself. */
const UNDIGESTED = ['createdAt', 'newestRowAt', 'trainer', 'recordDigest'];

/** Reads a record's text; null, with the fault among the findings, when it cannot be trusted to be a record at all. */
export function readRecord(text: string, findings: Findings): VersionRecord | null {
  let record: VersionRecord;
  try {
    record = decodeVersionRecord(text);
  } catch (error) {
    findings.differ('record', 'a sound record', error instanceof Error ? error.message : String(error));
    return null;
  }
  findings.compare('recordDigest', record.recordDigest, digestOfText(text));
  return record;
}

/** Hex sha256 of the record's own text without its metadata: the fields stay as they were written. */
function digestOfText(text: string): string {
  const fields = Object.entries(JSON.parse(text) as Record<string, unknown>);
  const digested = Object.fromEntries(fields.filter(([name]) => !UNDIGESTED.includes(name)));
  return createHash('sha256').update(JSON.stringify(digested)).digest('hex');
}
