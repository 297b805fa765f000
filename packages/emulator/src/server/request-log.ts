import type { RecordedRequest } from "./recorded-request.ts";
import { channel } from "node:diagnostics_channel";
import type { Channel } from "node:diagnostics_channel";
import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";

/** The types of the Hono context in the routes of an emulator. */
export interface EmulatorEnv {
  Bindings: HttpBindings;
  Variables: { received: RecordedRequest };
}

/** The Hono context in a route of an emulator. */
export type EmulatorContext = Context<EmulatorEnv>;

/** The diagnostics channel that publishes each request of every emulator in this process after its response. */
export const answeredRequests: Channel = channel("@grantkit/emulator:answered");

// Limits the memory of a demo that runs for days.
const KEPT_REQUESTS = 1000;
const KEPT_BODY_LENGTH = 64 * 1024;

/** Makes a middleware that records requests in `log` (the last 1,000) and passes the parsed request to the routes. */
export function recordRequests(log: RecordedRequest[]): MiddlewareHandler<EmulatorEnv> {
  return async (c, next) => {
    const received = { ...(await read(c)), status: 0 };
    const record = { ...received, ...keptBody(received) };
    log.push(record);
    if (log.length > KEPT_REQUESTS) log.shift();
    c.set("received", received);
    await next();
    // OAuth 1.0a adds the base string to the request.
    const { body: _body, rawBody: _rawBody, ...rest } = received;
    Object.assign(record, rest, { status: c.res.status });
    answeredRequests.publish(record);
  };
}

/** The part of a body that the log keeps. A body that is cut off has no fields, which could be incomplete. */
function keptBody({ rawBody, body }: Pick<RecordedRequest, "rawBody" | "body">): typeof body {
  if (rawBody.length <= KEPT_BODY_LENGTH) return { rawBody, body };
  // Copied: the engine keeps a slice as a reference to the whole text.
  const start = Buffer.from(rawBody.slice(0, KEPT_BODY_LENGTH), "utf16le");
  return { rawBody: start.toString("utf16le"), body: {} };
}

async function read(c: EmulatorContext): Promise<Omit<RecordedRequest, "status">> {
  const url = new URL(c.req.url);
  // Read as bytes first, for routes that need the bytes: text would lose bytes that are not UTF-8.
  const rawBody = new TextDecoder().decode(await c.req.arrayBuffer());
  return {
    method: c.req.method,
    path: url.pathname,
    url: url.pathname + url.search,
    query: firstValues(url.searchParams),
    headers: Object.fromEntries(c.req.raw.headers),
    body: parseBody(c.req.header("content-type") ?? "", rawBody),
    rawBody,
  };
}

function parseBody(contentType: string, rawBody: string): Record<string, unknown> {
  if (contentType.startsWith("application/x-www-form-urlencoded")) {
    return firstValues(new URLSearchParams(rawBody));
  }
  if (/^application\/([\w.-]+\+)?json\b/.test(contentType)) return parseObject(rawBody);
  return {};
}

function parseObject(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return value !== null && typeof value === "object" ? { ...value } : {};
  } catch {
    return {};
  }
}

function firstValues(pairs: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...pairs].toReversed());
}
