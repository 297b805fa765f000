import { gzipSync } from "node:zlib";
import type { Session } from "@grantkit/core";
import { FakeClock } from "./fake-clock.ts";
import {
  type Answer,
  type Answering,
  LoopbackServer,
  type ReceivedRequest,
} from "./loopback-server.ts";
import { turns, until } from "./turns.ts";

/** Where a request arrived: at the provider's own API, or at another origin. */
type Place = "api" | "other";

/** A script of events: what the servers answer to one request of a session, and what must come of it. */
export interface Script {
  readonly title: string;
  /** What the servers answer, one request after another; the last answer stays. "part" is a body that never ends. */
  readonly answers: (
    origins: Readonly<Record<Place, string>>,
  ) => readonly (Answer | "cut" | "hang" | "part")[];
  /** Options of the request, in the words of axios and of fetch alike. */
  readonly options?: {
    readonly headers?: Record<string, string>;
    readonly withholdToken?: boolean;
  };
  /** Where the request goes, when not to the API. */
  readonly to?: "other";
  /** What ends the request when its last answer is under way. */
  readonly interruption?: "abort" | "deadline";
  /** Method and body; a placement in the body needs one. */
  readonly post?: boolean;
  /** Each request that arrives: its place, and whether it shows the first token, the second or none. */
  readonly sent: readonly string[];
  /** A status, or an error's code. */
  readonly outcome: number | string;
}

/** A placement of tokens, and a session that has it. */
export interface Subject {
  readonly placement: "body" | "header" | "query";
  /** What the token endpoint answers. */
  readonly renewed: Answer;
  /** The tokens, the first and the renewed one, as requests show them. */
  readonly tokens: readonly [string, string];
  session(origin: string, clock: FakeClock): Session;
}

const redirect = (location: string, status = 302): Answer => ({ status, headers: { location } });
const refused: Answer = {
  status: 401,
  headers: { "www-authenticate": 'Bearer error="invalid_token"' },
};
const good: Answer = { body: { hello: "world" } };
const CALLERS = {
  "x-api-key": "callers-key",
  cookie: "a=b",
  accept: "text/x",
};

/** The scripts. A placement in the body is sent as a POST, and is not retried (RFC 9110 §9.2.2). */
export const scripts: readonly Script[] = [
  { title: "a plain request", answers: () => [good], sent: ["api 1"], outcome: 200 },
  {
    title: "headers of the caller's",
    options: { headers: CALLERS },
    answers: () => [good],
    sent: ["api 1"],
    outcome: 200,
  },
  {
    title: "a compressed answer",
    answers: () => [
      {
        headers: { "content-encoding": "gzip", "content-type": "application/json" },
        body: gzipSync('{"hello":"world"}'),
      },
    ],
    sent: ["api 1"],
    outcome: 200,
  },
  {
    title: "a redirect to the same origin",
    answers: () => [redirect("/api/moved?x=1", 307), good],
    sent: ["api 1", "api 1"],
    outcome: 200,
  },
  {
    title: "a redirect to another origin",
    options: { headers: CALLERS },
    answers: ({ other }) => [redirect(`${other}/elsewhere`), good],
    sent: ["api 1", "other"],
    outcome: 200,
  },
  {
    title: "a redirect to another origin and back",
    answers: ({ api, other }) => [
      redirect(`${other}/elsewhere`),
      redirect(`${api}/api/back`),
      good,
    ],
    sent: ["api 1", "other", "api"],
    outcome: 200,
  },
  {
    title: "a redirect that would carry a body to another origin",
    post: true,
    answers: ({ other }) => [redirect(`${other}/elsewhere`, 308)],
    sent: ["api 1"],
    outcome: "REDIRECT_REFUSED",
  },
  {
    title: "a redirect that drops the body",
    post: true,
    answers: () => [redirect("/api/moved", 303), good],
    sent: ["api 1", "api 1"],
    outcome: 200,
  },
  {
    title: "a redirect to plain http elsewhere",
    answers: () => [redirect("http://example.com/")],
    sent: ["api 1"],
    outcome: "REDIRECT_REFUSED",
  },
  {
    title: "redirects without end",
    answers: () => [redirect("/api/again", 307)],
    sent: ["api 1", "api 1", "api 1", "api 1", "api 1", "api 1"],
    outcome: "REDIRECT_REFUSED",
  },
  {
    title: "a 401, then a good answer to the renewed token",
    answers: () => [refused, good],
    sent: ["api 1", "api 2"],
    outcome: 200,
  },
  {
    title: "a 401 to the renewed token as well",
    answers: () => [refused, refused],
    sent: ["api 1", "api 2"],
    outcome: 401,
  },
  {
    title: "a 401 after a redirect within the origin",
    answers: () => [redirect("/api/moved", 307), refused, good],
    sent: ["api 1", "api 1", "api 2"],
    outcome: 200,
  },
  {
    title: "a 401 of another origin",
    answers: ({ other }) => [redirect(`${other}/elsewhere`), refused],
    sent: ["api 1", "other"],
    outcome: 401,
  },
  {
    title: "a 429 with Retry-After",
    answers: () => [{ status: 429, headers: { "retry-after": "3" } }, good],
    sent: ["api 1", "api 1"],
    outcome: 200,
  },
  {
    title: "a 429 that asks for more than a minute",
    answers: () => [{ status: 429, headers: { "retry-after": "61" } }],
    sent: ["api 1"],
    outcome: 429,
  },
  {
    title: "503 without end",
    answers: () => [{ status: 503 }],
    sent: ["api 1", "api 1", "api 1"],
    outcome: 503,
  },
  {
    title: "a connection that is reset",
    answers: () => ["cut", good],
    sent: ["api 1", "api 1"],
    outcome: 200,
  },
  {
    title: "a deadline before the headers",
    answers: () => ["hang"],
    interruption: "deadline",
    sent: ["api 1"],
    outcome: "TIMEOUT",
  },
  {
    title: "an abort before the headers",
    answers: () => ["hang"],
    interruption: "abort",
    sent: ["api 1"],
    outcome: "aborted",
  },
  {
    title: "a deadline in the body",
    answers: () => ["part"],
    interruption: "deadline",
    sent: ["api 1"],
    outcome: "TIMEOUT",
  },
  {
    title: "an abort in the body",
    answers: () => ["part"],
    interruption: "abort",
    sent: ["api 1"],
    outcome: "aborted",
  },
  {
    title: "a request without the token to the API",
    options: { withholdToken: true },
    answers: () => [good],
    sent: ["api"],
    outcome: 200,
  },
  {
    title: "a request without the token to another origin",
    to: "other",
    options: { withholdToken: true, headers: CALLERS },
    answers: () => [good],
    sent: ["other"],
    outcome: 200,
  },
  {
    title: "a request with the token to another origin",
    to: "other",
    answers: () => [good],
    sent: [],
    outcome: "ORIGIN_NOT_ALLOWED",
  },
];

/** The faces of a session by which a request can be sent. */
export const faces = ["get", "request", "axios", "fetch"] as const;

/** A call of a session, by any face. */
interface Call {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Record<string, string>;
  readonly data: string | undefined;
  readonly signal: AbortSignal;
  readonly withholdToken: boolean;
}

const ways: Record<(typeof faces)[number], (session: Session, call: Call) => Promise<unknown[]>> = {
  get: async ({ get, post }, { url, method, data, ...config }) => {
    const answer = await (method === "GET" ? get(url, config) : post(url, data, config));
    return [answer.status, answer.data];
  },
  request: async ({ request }, call) => {
    const { status, data } = await request(call);
    return [status, data];
  },
  axios: async (session, call) => {
    const { status, data } = await (await session.axios()).request(call);
    return [status, data];
  },
  fetch: async ({ fetch }, { url, data, ...init }) => {
    const response = await fetch(url, { ...init, ...(data !== undefined && { body: data }) });
    const text = await response.text();
    return [response.status, response.ok ? (JSON.parse(text) as unknown) : undefined];
  },
};

/** What a script has led to. */
export interface Course {
  /** Each request as it arrived, without what axios and fetch add of their own. */
  readonly wire: readonly string[];
  /** In the words of {@link Script.sent}. */
  readonly sent: readonly string[];
  readonly outcome: unknown;
  /** The body of a good answer. */
  readonly data: unknown;
}

/** A clock on which the pause before a retry is over at once. */
class SwiftClock extends FakeClock {
  override after(milliseconds: number, callback: () => void): () => void {
    const cancel = super.after(milliseconds, callback);
    if (milliseconds < 10_000) setImmediate(() => this.advance(milliseconds));
    return cancel;
  }
}

/** The two servers that scripts are run at. */
export class Stage {
  readonly #servers: Readonly<Record<Place, LoopbackServer>>;

  private constructor(servers: Readonly<Record<Place, LoopbackServer>>) {
    this.#servers = servers;
  }

  static async start(): Promise<Stage> {
    const [api, other] = await Promise.all([LoopbackServer.start(), LoopbackServer.start()]);
    return new Stage({ api, other });
  }

  /** Runs a script with one session, by one of its faces. */
  async run(script: Script, subject: Subject, face: (typeof faces)[number]): Promise<Course> {
    const { api, other } = this.#servers;
    const list = script.answers({ api: api.origin, other: other.origin });
    const arrived: [Place, ReceivedRequest][] = [];
    const arrivingAt =
      (name: Place): Answering =>
      (request, response) => {
        if (request.url.startsWith("/token")) return subject.renewed;
        arrived.push([name, request]);
        const answer = list[Math.min(arrived.length, list.length) - 1];
        if (answer !== "part") return answer;
        response.writeHead(200, { "content-length": "100" }).write("{");
        return "hang";
      };
    api.answer = arrivingAt("api");
    other.answer = arrivingAt("other");
    const clock = new SwiftClock();
    const abort = new AbortController();
    const hasBody = script.post === true || subject.placement === "body";
    const work = ways[face](subject.session(api.origin, clock), {
      url: `${script.to === "other" ? other.origin : `${api.origin}/api`}/x?q=%C3%BC`,
      method: hasBody ? "POST" : "GET",
      headers: { ...(hasBody && FORM), ...script.options?.headers },
      data: hasBody ? "field=value" : undefined,
      signal: abort.signal,
      withholdToken: script.options?.withholdToken ?? false,
    }).catch((error: unknown) => [outcomeOf(error)] as const);
    if (script.interruption) {
      await until(() => arrived.length > 0);
      await turns(20);
      if (script.interruption === "abort") abort.abort();
      else clock.advance(30_000);
    }
    const [outcome, data] = await work;
    return {
      wire: arrived.map(([name, request]) => wireOf(name, request, api.origin)),
      sent: arrived.map(([name, request]) => sentOf(name, request, subject.tokens)),
      outcome,
      data: outcome === 200 ? data : undefined,
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#servers.api.close(), this.#servers.other.close()]);
  }
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };

function outcomeOf(error: unknown): unknown {
  const { status, code, name, details } = error as Record<string, unknown>;
  // The body of a fetch ends with the reason of the abort, as the platform's does.
  if (name === "TimeoutError") return "TIMEOUT";
  if (name === "AbortError" || code === "ERR_CANCELED") return "aborted";
  if (typeof status === "number" && code !== "REDIRECT_REFUSED") return status;
  return (details as { networkCode?: string } | undefined)?.networkCode ?? code;
}

/** Headers that axios and fetch write by themselves, each in its own way. */
const OWN = new Set([
  "accept-encoding",
  "accept-language",
  "connection",
  "content-length",
  "host",
  "sec-fetch-mode",
  "transfer-encoding",
  "user-agent",
]);
const OWN_ACCEPT = new Set(["*/*", "application/json, text/plain, */*"]);

function wireOf(name: Place, { method, url, headers, body }: ReceivedRequest, api: string): string {
  const fields = Object.entries(headers)
    .filter(([header]) => !OWN.has(header))
    .filter(([header, value]) => !(header === "accept" && OWN_ACCEPT.has(String(value))))
    .map(([header, value]) => `${header}: ${String(value)}`)
    .toSorted();
  return [`${name} ${method} ${url}`, ...fields, body]
    .join("\n")
    .replaceAll(api, "<api>")
    .replaceAll(/(oauth_(?:nonce|signature|timestamp|body_hash)=)(?:"[^"]*"|[^&\s,]*)/g, "$1…");
}

function sentOf(
  name: Place,
  { url, headers, body }: ReceivedRequest,
  tokens: readonly string[],
): string {
  const text = [url, body, ...Object.values(headers)].join("\n");
  const index = tokens.findIndex((token) => text.includes(token));
  return index < 0 ? name : `${name} ${index + 1}`;
}
