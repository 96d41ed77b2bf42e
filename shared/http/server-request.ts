import { IncomingMessage } from 'node:http';

/** Gets a body while the parser reads it: its pieces in order, then its end, unless the client goes away before. */
export interface BodySink {
  piece(bytes: Uint8Array): void;
  end(): void;
}

/**
 * A request whose body may be taken straight from the parser. A body that comes through the stream costs two
 * listeners, rounds of the tick queue and the whole life of a stream; most bodies are one piece that the parser has in
 * hand when it announces the request.
 *
 * Node pushes into the request what it parsed, and this decides where that goes. No flow control is lost by it: a
 * sink is only for a body of a known length that may be held whole.
 */
export class ServerRequest extends IncomingMessage {
  private sink: BodySink | null = null;

  /** To be called before the `request` event returns, since what was pushed before is in the stream. */
  takeBody(sink: BodySink): void {
    this.sink = sink;
    // Node throws away, with a round through the stream, whatever a request's handler never began to read.
    this.read(0);
  }

  /** What still comes goes into the stream, where whoever answers early lets it run out. */
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
