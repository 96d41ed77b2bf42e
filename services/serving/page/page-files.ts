import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const DOCUMENT = 'index.html';
/** A name that changes with what is in the file. */
const HASHED_NAME = /^page-[A-Za-z0-9]+\.(js|css)$/;
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

const compress = promisify(gzip);

/** Some bytes and the tag that names them. */
export interface TaggedBytes {
  readonly bytes: Uint8Array;
  /** Hex sha256 of the bytes. */
  readonly digest: string;
}

/** One file of the page, in memory. */
export class PageFile {
  readonly plain: TaggedBytes;
  private compressed: Promise<TaggedBytes> | null = null;

  constructor(
    readonly contentType: string,
    bytes: Uint8Array,
  ) {
    this.plain = tagged(bytes);
  }

  /** After gzip, which is done once and in a thread of its own. */
  zipped(): Promise<TaggedBytes> {
    this.compressed ??= compress(this.plain.bytes, { level: 9 }).then(tagged);
    return this.compressed;
  }
}

/** The built page, read once: nothing that a client sends becomes a path. */
export class PageFiles {
  /** Null where no page was built, as when the service runs from its sources. */
  readonly document: PageFile | null;
  /** Script and style by name. */
  readonly assets: ReadonlyMap<string, PageFile>;

  constructor(folder: string) {
    const names = namesIn(folder);
    this.document = names.includes(DOCUMENT) ? readFile(folder, DOCUMENT) : null;
    this.assets = new Map(
      names.filter((name) => HASHED_NAME.test(name)).map((name) => [name, readFile(folder, name)]),
    );
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A copy of the service without a page serves everything else.
    return [];
  }
}

function readFile(folder: string, name: string): PageFile {
  return new PageFile(CONTENT_TYPES[extname(name)]!, readFileSync(join(folder, name)));
}

function tagged(bytes: Uint8Array): TaggedBytes {
  return { bytes, digest: createHash('sha256').update(bytes).digest('hex') };
}
