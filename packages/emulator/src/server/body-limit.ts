import type { MiddlewareHandler } from "hono";
import type { EmulatorContext, EmulatorEnv } from "./request-log.ts";

// More than any request that an emulated endpoint takes.
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * Refuses request bodies of more than 10 MiB. Hono's own middleware makes a platform Request of the server's, which has
 * another class: it fails for a body without a Content-Length.
 */
export const limitBodies: MiddlewareHandler<EmulatorEnv> = async (c, next) => {
  const declared = c.req.header("content-length");
  const isSmall =
    declared === undefined ? await readWithinLimit(c) : Number(declared) <= MAX_BODY_BYTES;
  return isSmall ? next() : c.text("The emulator takes request bodies of up to 10 MiB.", 413);
};

/** Reads a body of unknown length and puts it back, unless it is too large. */
async function readWithinLimit(c: EmulatorContext): Promise<boolean> {
  const { body, method, headers } = c.req.raw;
  if (body === null) return true;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return false;
    chunks.push(chunk);
  }
  c.req.raw = new Request(c.req.url, { method, headers, body: new Blob(chunks) });
  return true;
}
