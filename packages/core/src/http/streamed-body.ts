import type { AxiosResponse } from "axios";
import type { Readable } from "node:stream";

/** The limit and the errors of a body that the caller reads as a stream. */
export interface StreamWatch {
  /** The most bytes that may be read. */
  readonly limit: number;
  /** Replaces an error of axios or fetch, which holds the request with its token. */
  readonly clean: (error: unknown) => Error;
  /** Makes the error for a body beyond the limit. */
  readonly tooLarge: () => Error;
  /** Called once, when the body has ended or failed. */
  readonly over: () => void;
}

/** Whether a body is a stream of Node's. */
export function isNodeStream(body: unknown): body is Readable {
  return typeof (body as { pipe?: unknown } | null | undefined)?.pipe === "function";
}

/** Makes a stream of Node's of a web stream. */
export function nodeStreamOf(body: ReadableStream): Readable {
  return process.getBuiltinModule("node:stream").Readable.fromWeb(body as never);
}

/** Replaces a response's stream with a watched one; false when the body is not a stream. */
export function watchStream(response: AxiosResponse, watch: StreamWatch): boolean {
  const { data } = response as { data: unknown };
  if (data instanceof ReadableStream) {
    response.data = watchedWeb(data as ReadableStream<Uint8Array>, watch);
    return true;
  }
  if (!isNodeStream(data)) return false;
  response.data = watchedNode(data, watch);
  return true;
}

function watchedNode(source: Readable, { limit, clean, tooLarge, over }: StreamWatch): Readable {
  const { Transform } = process.getBuiltinModule("node:stream");
  let total = 0;
  const body = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      total += chunk.length;
      if (total > limit) done(tooLarge());
      else done(null, chunk);
    },
    destroy(error, done) {
      source.destroy();
      over();
      done(error);
    },
  });
  // Without a listener an error of an unread stream would end the process. A reader still gets the error, as with Node's
  // own responses.
  body.on("error", () => undefined);
  source.on("error", (error) => body.destroy(clean(error)));
  source.on("close", () => {
    if (!source.readableEnded) body.destroy(clean(new Error("the answer was cut off")));
  });
  return source.pipe(body);
}

/** Wraps a stream so that it fails beyond the limit. */
export function watchedWeb(
  source: ReadableStream<Uint8Array>,
  { limit, clean, tooLarge, over }: StreamWatch,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let total = 0;
  return new ReadableStream({
    async pull(controller) {
      const part = await reader.read().catch((error: unknown) => {
        over();
        throw clean(error);
      });
      total += part.value?.length ?? 0;
      if (part.done || total > limit) over();
      if (part.done) return controller.close();
      if (total <= limit) return controller.enqueue(part.value);
      await reader.cancel().catch(() => undefined);
      throw tooLarge();
    },
    async cancel(reason) {
      over();
      await reader.cancel(reason);
    },
  });
}
