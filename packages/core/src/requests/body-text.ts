import type { Readable } from "node:stream";

/** Bytes of a body that are read to see why it refuses a request: words of an error are short. */
const LONGEST_TEXT = 64 * 1024;

/** The text at the start of a body, and the body as it can still be read. */
export interface BodyText {
  /** Undefined for a body that is absent, or longer than 64 KiB. */
  readonly text: string | undefined;
  readonly data: unknown;
}

/** Reads the text of a body in any form that axios gives one, and leaves it to be read. */
export async function bodyText(data: unknown): Promise<BodyText> {
  if (typeof data === "string") return { text: shortText(data), data };
  if (data instanceof ReadableStream) {
    const [kept, read] = (data as ReadableStream<Uint8Array>).tee();
    return { text: await webText(read), data: kept };
  }
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) {
    return { text: shortText(Buffer.from(data as Uint8Array).toString()), data };
  }
  const { pipe } = (data ?? {}) as Partial<Readable>;
  return typeof pipe === "function" ? nodeText(data as Readable) : { text: undefined, data };
}

/** The text of a stream of the platform's, which is read to its end or cancelled. */
export async function webText(stream: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString();
    length += value.length;
    chunks.push(value);
    if (length <= LONGEST_TEXT) continue;
    // Not awaited: of two streams from one, the first is cancelled when the second is.
    void reader.cancel();
    return undefined;
  }
}

/** Reads a stream of Node's; one that has the same bytes takes its place. */
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
  return { text: undefined, data: Stream.from(whole()) };
}

function shortText(text: string): string | undefined {
  return text.length <= LONGEST_TEXT ? text : undefined;
}
