import { IncomingMessage } from 'node:http';

/** Gets a body while the parser reads it: its pieces in order, then its end, unless the client goes away before. */
export interface BodySink {
  piece(bytes: Uint8Array): void;
  end(): void;
}

/**
 * A request whose body can be taken straight from the parser. Reading through the stream costs two listeners, rounds of
 * the tick queue and the whole life of a stream, while most bodies are one piece that the parser has in hand when it
 * announces the request.
 *
 * Node pushes parsed bytes into the request, and `push` passes them to the sink or to the stream. Flow control is not
 * needed: a sink is only for a body of known length that may be held whole.
 */
export class ServerRequest extends IncomingMessage {
  private sink: BodySink | null = null;

  /** To be called before the `request` event returns, because bytes that were pushed earlier are in the stream. */
  takeBody(sink: BodySink): void {
    this.sink = sink;
    // When a handler never begins to read, Node drains the request through its stream; this read prevents that.
    this.read(0);
  }

  /** Lets the rest of the body go into the stream, where a handler that answers early discards it. */
  leaveBody(): void {
    this.sink = null;
  }

  override push(bytes: Uint8Array | null, encoding?: BufferEncoding): boolean {
    if (this.sink === null) return super.push(bytes, encoding);
    if (bytes === null) this.sink.end();
    else this.sink.piece(bytes);
    return true;
  }
}
