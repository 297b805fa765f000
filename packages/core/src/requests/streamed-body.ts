import type { AxiosResponse } from "axios";
import type { Readable } from "node:stream";

/** What watches over a body that the caller reads as a stream. */
export interface StreamWatch {
  /** Bytes that may be read. */
  readonly limit: number;
  /** What the caller sees of an error: the foreign one holds the request, token and all. */
  readonly clean: (error: unknown) => Error;
  /** What is said when the limit is passed. */
  readonly tooLarge: () => Error;
  /** Called once, when the body is over, however it ended. */
  readonly over: () => void;
}

/** Puts a watched stream in the place of a response's; false when its body is none. */
export function watchStream(response: AxiosResponse, watch: StreamWatch): boolean {
  const { data } = response as { data: unknown };
  if (data instanceof ReadableStream) {
    response.data = watchedWeb(data as ReadableStream<Uint8Array>, watch);
    return true;
  }
  if (typeof (data as { pipe?: unknown } | null | undefined)?.pipe !== "function") return false;
  response.data = watchedNode(data as Readable, watch);
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
  // A stream that its caller does not read has nobody who listens; its end must not be the process's. Who reads it, by
  // whatever way, is told nevertheless, and Node's own answers do the same.
  body.on("error", () => undefined);
  source.on("error", (error) => body.destroy(clean(error)));
  source.on("close", () => {
    if (!source.readableEnded) body.destroy(clean(new Error("the answer was cut off")));
  });
  return source.pipe(body);
}

/** A stream that ends with an error where it is larger than allowed. */
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
