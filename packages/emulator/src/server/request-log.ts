import { channel } from "node:diagnostics_channel";
import type { Channel } from "node:diagnostics_channel";
import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";

/** What every route of an emulator finds in its Hono context. */
export interface EmulatorEnv {
  Bindings: HttpBindings;
  Variables: { received: RecordedRequest };
}

/** A request's context in an emulator route. */
export type EmulatorContext = Context<EmulatorEnv>;

/** Where each request of every emulator in this process is told of, once its answer is known. */
export const answeredRequests: Channel = channel("@grantkit/emulator:answered");

// A demo may run for days: without a bound its log would be the whole of its memory.
const KEPT_REQUESTS = 1000;

/** Records each request in `log` (the last 1,000) and hands its parsed form to the routes. */
export function recordRequests(log: RecordedRequest[]): MiddlewareHandler<EmulatorEnv> {
  return async (c, next) => {
    const record = { ...(await read(c)), status: 0 };
    log.push(record);
    if (log.length > KEPT_REQUESTS) log.shift();
    c.set("received", record);
    await next();
    record.status = c.res.status;
    answeredRequests.publish(record);
  };
}

async function read(c: EmulatorContext): Promise<Omit<RecordedRequest, "status">> {
  const url = new URL(c.req.url);
  // As bytes first, for routes that need them: text would lose what is not UTF-8.
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

/** One HTTP request as the emulator received it, for assertions in tests. */
export interface RecordedRequest {
  /** HTTP method in capitals. */
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Path and query exactly as they were received. */
  readonly url: string;
  /** Query parameters, decoded; the first value of each name. */
  readonly query: Readonly<Record<string, string>>;
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fields of a form or JSON object body, decoded; empty for anything else. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The body as text, exactly as it was received. */
  readonly rawBody: string;
  /** HTTP status of the answer; 0 while there is none. */
  readonly status: number;
  /**
   * OAuth 1.0a: the signature base string that the emulator computed, when the signature did not fit. A password in it
   * (xAuth) is replaced by `[hidden]`.
   */
  readonly signatureBaseString?: string;
}
