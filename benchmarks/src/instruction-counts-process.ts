// Sends a request many times, to nobody: what answers is a stub. Started under valgrind by instruction-counts.ts.
import { defineProvider, OAuth2Client } from "@grantkit/core";
import { ACCESS_TOKEN, checkUser, readAnswer, USER } from "./provider-data.ts";

/** What is counted. */
export type CountedRequest =
  | "a stub of fetch"
  | "fetch with a signal"
  | "fetch with AbortSignal.timeout"
  | "fetch"
  | "session.fetch of that stub"
  | "session.fetch";

/** Longer than a run, which is slow under valgrind: whether a time limit ends within it would depend on the machine. */
const TIMEOUT = 3_600_000;

const url = "https://api.example.com/user";
const headers = { Authorization: `Bearer ${ACCESS_TOKEN}` };
const body = Buffer.from(JSON.stringify(USER));
const answerHeaders = {
  "content-type": "application/json; charset=utf-8",
  "content-length": String(body.length),
};

const rawHeaders = Object.entries(answerHeaders)
  .flat()
  .map((text) => Buffer.from(text));

/** What Node's fetch tells of an answer. */
interface Handler {
  onConnect(abort: () => void): void;
  onHeaders(status: number, headers: readonly Buffer[], resume: () => void, text: string): void;
  onData(part: Buffer): void;
  onComplete(trailers: readonly Buffer[]): void;
}

/** Stands in the place of Node's connections. */
const dispatcher = {
  dispatch(_options: object, handler: Handler): boolean {
    handler.onConnect(() => undefined);
    handler.onHeaders(200, rawHeaders, () => undefined, "OK");
    handler.onData(body);
    handler.onComplete([]);
    return true;
  },
};
Object.assign(globalThis, { [Symbol.for("undici.globalDispatcher.1")]: dispatcher });

const stub = (): Promise<Response> =>
  Promise.resolve(new Response(body, { headers: answerHeaders }));

function sessionOf(options: {
  readonly fetch?: typeof fetch;
}): ReturnType<OAuth2Client["session"]> {
  const provider = defineProvider({
    name: "example",
    endpoints: { token: "https://id.example.com/token" },
    api: { baseUrl: "https://api.example.com" },
  });
  const client = new OAuth2Client(provider, {
    clientId: "benchmarks",
    timeout: TIMEOUT,
    ...options,
  });
  return client.session({ accessToken: ACCESS_TOKEN, expiresAt: Date.now() + 28_800_000 });
}

const session = sessionOf({});
const stubbed = sessionOf({ fetch: stub });

const REQUESTS: Readonly<Record<CountedRequest, () => Promise<Response>>> = {
  "a stub of fetch": stub,
  "session.fetch of that stub": () => stubbed.fetch("/user"),
  fetch: () => fetch(url, { headers }),
  "fetch with a signal": () => fetch(url, { headers, signal: new AbortController().signal }),
  "fetch with AbortSignal.timeout": () =>
    fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT) }),
  "session.fetch": () => session.fetch("/user"),
};

const [request = "", times] = process.argv.slice(2);
const send = REQUESTS[request as CountedRequest];
for (let sent = 0; sent < Number(times); sent += 1) {
  const { status, data } = await readAnswer(send());
  checkUser(status, data);
  // Between requests a program waits: Node's timers and the garbage collector have their turn.
  if (sent % 50 === 0) await new Promise(setImmediate);
}
// Time limits are under way.
process.exit();
