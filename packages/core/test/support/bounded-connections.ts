import { Agent as HttpAgent, request } from "node:http";
import { Readable } from "node:stream";
import { runInThisContext } from "node:vm";
import axios from "axios";
import type { OAuth2ClientOptions, OAuth2Session } from "@grantkit/core";

/** Client options whose requests, to the API and to the token endpoint, share a few connections for each host. */
export interface BoundedConnections {
  readonly options: Pick<OAuth2ClientOptions, "http" | "fetch">;
  close(): unknown;
}

/** Sends everything with Node's http and one agent; `session.fetch` through axios. */
export function agentOfAxios(connections: number): BoundedConnections {
  const httpAgent = new HttpAgent({ keepAlive: true, maxSockets: connections });
  return { options: { http: { httpAgent } }, close: () => httpAgent.destroy() };
}

/** Sends everything with Node's http and one agent; `session.fetch` with a fetch of its own. */
export function agentOfFetch(connections: number): BoundedConnections {
  const agent = new HttpAgent({ keepAlive: true, maxSockets: connections });
  const fetch = (url: string, init: RequestInit = {}): Promise<Response> =>
    new Promise((resolve, reject) => {
      const { method = "GET", headers, signal, body } = init;
      const sent = Object.fromEntries(new Headers(headers));
      const outgoing = request(url, { agent, method, headers: sent, ...(signal && { signal }) });
      outgoing.on("error", reject);
      outgoing.on("response", (incoming) => {
        const { statusCode: status = 0, headers: received } = incoming;
        const strategy = new CountQueuingStrategy({ highWaterMark: 0 });
        const answer = Readable.toWeb(incoming, { strategy }) as unknown as ReadableStream;
        resolve(new Response(answer, { status, headers: received as Record<string, string> }));
      });
      outgoing.end(typeof body === "string" ? body : undefined);
    });
  return {
    options: { http: { httpAgent: agent }, fetch: fetch as typeof globalThis.fetch },
    close: () => agent.destroy(),
  };
}

interface Dispatcher {
  destroy(): Promise<void>;
}

/** Sends everything with the platform's fetch and one dispatcher; axios with its fetch adapter. */
export function dispatcherOfUndici(connections: number): BoundedConnections {
  // The Agent of Node's own undici, which has no name of its own.
  const global = runInThisContext(
    'new Request("http://localhost"), fetch("data:,"), globalThis[Symbol.for("undici.globalDispatcher.1")]',
  ) as { constructor: new (options: object) => Dispatcher };
  const dispatcher = new global.constructor({ connections, pipelining: 1 });
  const fetch = ((url: string, init?: RequestInit) =>
    globalThis.fetch(url, { ...init, dispatcher } as RequestInit)) as typeof globalThis.fetch;
  const http = { adapter: axios.getAdapter("fetch", { env: { fetch } } as object) };
  return { options: { http, fetch }, close: () => dispatcher.destroy() };
}

/** Ways to send a GET whose body the caller reads as a stream, or leaves to axios. */
export const READERS: Readonly<
  Record<string, (session: OAuth2Session, url: string) => Promise<Opened>>
> = {
  "get as a stream": async (session, url) =>
    streamed(await session.get(url, { responseType: "stream", validateStatus: null })),
  "request as a stream": async (session, url) =>
    streamed(await session.request({ url, responseType: "stream", validateStatus: null })),
  "axios() as a stream": async (session, url) =>
    streamed(
      await (await session.axios()).get(url, { responseType: "stream", validateStatus: null }),
    ),
  "get as text": async (session, url) => {
    const { status, headers, data } = await session.get<string>(url, {
      responseType: "text",
      validateStatus: null,
    });
    return { status, type: String(headers["content-type"]), text: () => Promise.resolve(data) };
  },
  fetch: async (session, url) => {
    const response = await session.fetch(url);
    const type = String(response.headers.get("content-type"));
    return { status: response.status, type, text: () => response.text() };
  },
};

/** An answer whose body can be read. */
export interface Opened {
  readonly status: number;
  readonly type: string;
  text(): Promise<string>;
}

function streamed(answer: {
  readonly status: number;
  readonly headers: unknown;
  readonly data: unknown;
}): Opened {
  const { status, data } = answer;
  const type = String((answer.headers as Record<string, unknown>)["content-type"]);
  const body = data instanceof ReadableStream ? data : Readable.toWeb(data as Readable);
  return { status, type, text: () => new Response(body as ReadableStream).text() };
}
