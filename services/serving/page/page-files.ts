import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const DOCUMENT = 'index.html';
/** A name that changes with the bytes of the file. */
const HASHED_NAME = /^page-[A-Za-z0-9]+\.(js|css)$/;
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

const compress = promisify(gzip);

/** Bytes with their digest, which serves as ETag. */
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

  /** The bytes after gzip, which runs once and in a thread of its own. */
  zipped(): Promise<TaggedBytes> {
    this.compressed ??= compress(this.plain.bytes, { level: 9 }).then(tagged);
    return this.compressed;
  }
}

interface BuiltPage {
  readonly document: PageFile | null;
  readonly assets: ReadonlyMap<string, PageFile>;
}

/** The built page, read once and with its first request: no text from a client becomes a path. */
export class PageFiles {
  private page: BuiltPage | null = null;

  constructor(private readonly folder: string) {}

  /** Null where no page was built, as when the service runs from its sources. */
  get document(): PageFile | null {
    return this.read().document;
  }

  /** Script and style by name. */
  get assets(): ReadonlyMap<string, PageFile> {
    return this.read().assets;
  }

  private read(): BuiltPage {
    this.page ??= readPage(this.folder);
    return this.page;
  }
}

function readPage(folder: string): BuiltPage {
  const names = namesIn(folder);
  const assets = names.filter((name) => HASHED_NAME.test(name));
  return {
    document: names.includes(DOCUMENT) ? readFile(folder, DOCUMENT) : null,
    assets: new Map(assets.map((name) => [name, readFile(folder, name)])),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Without a built page the service serves everything else.
    return [];
  }
}

function readFile(folder: string, name: string): PageFile {
  return new PageFile(CONTENT_TYPES[extname(name)]!, readFileSync(join(folder, name)));
}

function tagged(bytes: Uint8Array): TaggedBytes {
  return { bytes, digest: createHash('sha256').update(bytes).digest('hex') };
}
