import type { Readable } from "node:stream";
import { readBytes } from "./read-bytes.ts";
import { isNodeStream } from "./streamed-body.ts";

/** The most bytes of a body that are searched for an error code: error responses are short. */
const LONGEST_TEXT = 64 * 1024;

/** The text of a body, and the body to read in its place. */
export interface BodyText {
  /** Undefined for a body that is absent, or longer than 64 KiB. */
  readonly text: string | undefined;
  readonly data: unknown;
}

/** Reads the text of an axios response body of any type, and returns a body that can still be read. */
export async function bodyText(data: unknown): Promise<BodyText> {
  if (typeof data === "string") return { text: shortText(data), data };
  if (data instanceof ReadableStream) {
    const [kept, read] = (data as ReadableStream<Uint8Array>).tee();
    return { text: await webText(read), data: kept };
  }
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) {
    return { text: shortText(new TextDecoder().decode(data as Uint8Array)), data };
  }
  return isNodeStream(data) ? nodeText(data) : { text: undefined, data };
}

/** Reads the text of a web stream; undefined for one that is longer than 64 KiB. */
export async function webText(stream: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const bytes = await readBytes(stream, LONGEST_TEXT);
  return bytes && new TextDecoder().decode(bytes);
}

/** Reads the text of a Node stream, and returns a new stream of the same bytes. */
async function nodeText(source: Readable): Promise<BodyText> {
  const { Readable: Stream } = process.getBuiltinModule("node:stream");
  const chunks: Uint8Array[] = [];
  let length = 0;
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  while (length <= LONGEST_TEXT) {
    const { done, value } = await iterator.next();
    if (done) return { text: Buffer.concat(chunks).toString(), data: Stream.from(chunks) };
    chunks.push(value);
    length += value.length;
  }
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    yield* chunks;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  // A stream that is destroyed unread does not start the generator, which then ends nothing.
  return { text: undefined, data: Stream.from(whole()).on("close", () => source.destroy()) };
}

function shortText(text: string): string | undefined {
  return text.length <= LONGEST_TEXT ? text : undefined;
}
