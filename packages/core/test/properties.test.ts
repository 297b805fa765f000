import { describe, expect, it } from "@jest/globals";
import {
  type AuthorizationRequest,
  defineProvider,
  isOAuthError,
  OAuth2Client,
  type OAuth2ClientOptions,
  type OAuth2Session,
  type ProviderDefinition,
  Token,
  type TokenRecord,
} from "@grantkit/core";
import type { AxiosAdapter, InternalAxiosRequestConfig } from "axios";
import fc from "fast-check";
import { Redactor } from "../src/errors/redaction.ts";
import { nextHop } from "../src/http/redirects.ts";
import { parseRetryAfter } from "../src/http/retry-after.ts";
import { compareScopes, parseScope } from "../src/tokens/scopes.ts";
import { anyText } from "./support/any-text.ts";
import { CANARY } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";

// fast-check prints the seed and the smallest counterexample of a property that fails; it tries boundary values first.
const RUNS = { numRuns: 200 };
const LONG = 60_000;
const TEN_YEARS = 315_576_000_000;
const DAY = 86_400;

interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A client whose requests go to a function, and the requests that went there. */
function clientOf(
  reply: (config: InternalAxiosRequestConfig) => Reply,
  definition: Partial<ProviderDefinition> = {},
  options: Partial<OAuth2ClientOptions> = {},
): { readonly client: OAuth2Client; readonly sent: InternalAxiosRequestConfig[] } {
  const sent: InternalAxiosRequestConfig[] = [];
  const adapter: AxiosAdapter = (config) => {
    sent.push(config);
    const { status = 200, headers = {}, body = "{}" } = reply(config);
    return Promise.resolve({ status, statusText: "", headers, data: Buffer.from(body), config });
  };
  const provider = defineProvider({
    name: "example",
    issuer: "https://id.example.com",
    endpoints: {
      authorization: "https://id.example.com/authorize",
      token: "https://id.example.com/token",
    },
    api: { baseUrl: "https://api.example.com/v1" },
    defaultScope: ["read"],
    ...definition,
  });
  const client = new OAuth2Client(provider, {
    clientId: "client",
    clientSecret: CANARY.clientSecret,
    redirectUri: "https://app.example.com/callback",
    clock: new FakeClock(),
    http: { adapter },
    ...options,
  });
  return { client, sent };
}

const GOOD = JSON.stringify({ access_token: CANARY.accessToken, token_type: "bearer" });

/** The value that a call resolves to, or "refused" for an OAuthError; rethrows any other error. */
async function outcomeOf<T>(call: () => Promise<T> | T): Promise<T | "refused"> {
  try {
    return await call();
  } catch (error) {
    if (!isOAuthError(error)) throw error;
    return "refused";
  }
}

const anything = fc.anything({
  maxDepth: 3,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  withTypedArray: true,
});

describe("the callback", () => {
  const NAMES = [
    "code",
    "state",
    "iss",
    "error",
    "error_description",
    "access_token",
    "id_token",
    "scope",
    "__proto__",
  ] as const;
  const RIGHT = "$right";
  const parameter = fc.tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...NAMES) },
      { weight: 1, arbitrary: fc.string() },
    ),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(RIGHT) },
      { weight: 1, arbitrary: fc.constantFrom("", "https://evil.example.com", "null") },
      { weight: 1, arbitrary: anyText() },
    ),
  );
  const likely = fc
    .subarray(["code", "state", "iss"])
    .map((names) => names.map((name): [string, string] => [name, RIGHT]));
  const parameters = fc
    .tuple(likely, fc.array(parameter, { maxLength: 3 }))
    .map(([some, more]) => [...some, ...more]);
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const shapes = {
    text: (query: URLSearchParams) => `/callback?${query.toString()}`,
    absolute: (query: URLSearchParams) => `https://app.example.com/callback?${query.toString()}#x`,
    url: (query: URLSearchParams) => new URL(`https://app.example.com/?${query.toString()}`),
    query: (query: URLSearchParams) => query,
    get: (query: URLSearchParams) => new Request(`https://app.example.com/?${query.toString()}`),
    post: (query: URLSearchParams) =>
      new Request("https://app.example.com/", {
        method: "POST",
        headers: form,
        body: query.toString(),
      }),
  };

  const fill = (name: string, value: string, request: AuthorizationRequest): string => {
    if (value !== RIGHT) return value;
    if (name === "state") return request.state;
    if (name === "iss") return "https://id.example.com";
    // A code under another name is not our secret: an attacker wrote it there.
    return name === "code" ? CANARY.code : "right";
  };

  function answersRequest(query: URLSearchParams, { state }: AuthorizationRequest): boolean {
    const single = ["code", "state", "iss", "error", "error_description", "error_uri"];
    return (
      single.every((name) => query.getAll(name).length <= 1) &&
      query.get("state") === state &&
      [null, "https://id.example.com"].includes(query.get("iss")) &&
      !["error", "access_token", "id_token"].some((name) => query.has(name)) &&
      Boolean(query.get("code"))
    );
  }

  it(
    "leads to one token request when every part of it is right, and otherwise to an error",
    async () => {
      const { client, sent } = clientOf(() => ({ body: GOOD }));
      const seen = { yes: 0, no: 0 };
      await fc.assert(
        fc.asyncProperty(
          parameters,
          fc.constantFrom(...Object.values(shapes)),
          async (pairs, shape) => {
            const request = await client.authorizationRequest();
            const query = new URLSearchParams(
              pairs.map(([name, value]): [string, string] => [name, fill(name, value, request)]),
            );
            sent.length = 0;
            const outcome = await outcomeOf(() => client.fetchToken(shape(query), request));
            const right = answersRequest(query, request);
            seen[right ? "yes" : "no"] += 1;
            expect(outcome instanceof Token).toBe(right);
            expect(sent).toHaveLength(right ? 1 : 0);
          },
        ),
        RUNS,
      );
      expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(10);
    },
    LONG,
  );

  it(
    "of any other kind is refused, and no token is asked for",
    async () => {
      const { client, sent } = clientOf(() => ({ body: GOOD }));
      const request = await client.authorizationRequest();
      const consumed = async (): Promise<Request> => {
        const read = shapes.post(new URLSearchParams({ state: request.state, code: "c" }));
        await read.text();
        return read;
      };
      const strange = fc.oneof(
        anything,
        anyText(),
        fc.tuple(anyText(), anyText(), anyText()).map(([pathname, search, hash]) => {
          return Object.assign(new URL("https://app.example.com/"), { pathname, search, hash })
            .href;
        }),
        fc.string().map((type) => {
          const headers = { "content-type": encodeURIComponent(type) };
          return new Request("https://x/", { method: "POST", headers, body: "state=x&code=y" });
        }),
        fc.constant(new Request("https://x/", { method: "PUT", body: "state=x", headers: form })),
        fc.constant(new Request("https://x/", { method: "POST", headers: form })),
        fc.constant("read" as const),
      );
      await fc.assert(
        fc.asyncProperty(strange, async (value) => {
          const callback = value === "read" ? await consumed() : value;
          const outcome = await outcomeOf(() => client.fetchToken(callback as string, request));
          expect(outcome).toBe("refused");
          expect(sent).toEqual([]);
        }),
        RUNS,
      );
    },
    LONG,
  );

  it(
    "with a damaged stored request is refused before a token is requested, or gives a token",
    async () => {
      const { client, sent } = clientOf(() => ({ body: GOOD }));
      const good = await client.authorizationRequest();
      const damaged = fc.oneof(
        anything,
        fc
          .tuple(fc.constantFrom(...Object.keys(good)), anything)
          .map(([name, value]) => ({ ...good, [name]: value })),
        fc.array(anything, { minLength: 1 }).map((scope) => ({ ...good, scope })),
      );
      await fc.assert(
        fc.asyncProperty(damaged, async (request) => {
          sent.length = 0;
          const callback = new URLSearchParams({ code: CANARY.code, state: good.state });
          const stored = request as AuthorizationRequest;
          const outcome = await outcomeOf(() => client.fetchToken(callback, stored));
          expect(outcome instanceof Token).toBe(sent.length === 1);
        }),
        RUNS,
      );
    },
    LONG,
  );
});

describe("a token response", () => {
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    { weight: 2, arbitrary: fc.constantFrom(null, "", "Bearer", "read write", "3600", "x") },
    { weight: 2, arbitrary: fc.double({ noNaN: true }) },
    { weight: 1, arbitrary: fc.bigInt().map(String) },
    { weight: 1, arbitrary: anyText() },
  );
  const mostly = (...good: readonly unknown[]): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: value });
  const body = fc.record(
    {
      access_token: mostly("token"),
      token_type: mostly("bearer", "BEARER", null),
      expires_in: fc.oneof(mostly(3600, "3600"), fc.double({ noNaN: true, min: 0 })),
      refresh_token: mostly("refresh", null, ""),
      refresh_token_expires_in: mostly(7200, null),
      scope: mostly("read", "read write", "", ["read"]),
      id_token: mostly("a.b.c", null),
      error: mostly(null),
      error_description: value,
      ["__proto__"]: value,
      other: value,
    },
    { requiredKeys: ["access_token"] },
  );
  const headers = fc.dictionary(
    fc.constantFrom("content-type", "retry-after", "date", "location", "www-authenticate"),
    fc.string(),
  );

  function expectWellFormed(token: Token, now: number): void {
    expect(token.accessToken).toMatch(/^[\x21-\x7e]+$/);
    expect(["bearer", "dpop"]).toContain(token.tokenType);
    for (const date of [token.expiresAt, token.refreshTokenExpiresAt]) {
      if (date === undefined) continue;
      expect(date.getTime()).toBeGreaterThanOrEqual(now);
      expect(date.getTime()).toBeLessThanOrEqual(now + TEN_YEARS);
    }
    expect(token.scope.every((name) => /^\S+$/.test(name))).toBe(true);
    expect(new Set(token.scope).size).toBe(token.scope.length);
    expect(JSON.stringify(Token.from(JSON.parse(JSON.stringify(token))))).toBe(
      JSON.stringify(token),
    );
  }

  it(
    "of any JSON makes a valid token or an OAuthError",
    async () => {
      let reply: Reply = {};
      const { client } = clientOf(() => reply);
      const now = new FakeClock().now();
      let tokens = 0;
      await fc.assert(
        fc.asyncProperty(body, async (fields) => {
          reply = { body: JSON.stringify(fields) };
          const request = await client.authorizationRequest();
          const query = new URLSearchParams({ code: CANARY.code, state: request.state });
          const outcome = await outcomeOf(() => client.fetchToken(query, request));
          if (outcome === "refused") return;
          tokens += 1;
          expectWellFormed(outcome, now);
        }),
        RUNS,
      );
      expect(tokens).toBeGreaterThan(40);
    },
    LONG,
  );

  it(
    "of any bytes, status and headers makes a token or an OAuthError with retryAfter within a day",
    async () => {
      let reply: Reply = {};
      const { client } = clientOf(() => reply);
      const text = fc.oneof(
        anyText(),
        fc.json({ maxDepth: 3 }),
        fc.webQueryParameters(),
        body.map((fields) => JSON.stringify(fields).slice(0, -1)),
      );
      await fc.assert(
        fc.asyncProperty(text, fc.integer({ min: 200, max: 599 }), headers, async (...parts) => {
          const [content, status, fields] = parts;
          reply = { body: content, status, headers: fields };
          const request = await client.authorizationRequest();
          const query = new URLSearchParams({ code: CANARY.code, state: request.state });
          const error: unknown = await client.fetchToken(query, request).catch((e: unknown) => e);
          if (error instanceof Token) return;
          if (!isOAuthError(error)) throw error;
          const { retryAfter = 0 } = error;
          expect(retryAfter >= 0 && retryAfter <= DAY).toBe(true);
          expect(error.message).not.toContain(CANARY.code);
          expect(error.message).not.toContain(CANARY.clientSecret);
        }),
        RUNS,
      );
    },
    LONG,
  );
});

describe("Retry-After", () => {
  const now = new FakeClock().now();

  it("of any text is undefined or between 0 and a day", () => {
    const text = fc.oneof(
      anyText(),
      fc.double().map(String),
      fc.bigInt().map(String),
      fc.date({ noInvalidDate: false }).map((date) => date.toString()),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.tuple(fc.constantFrom("Mon, ", "Friday, "), fc.string()).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (header) => {
        const seconds = parseRetryAfter(header, now);
        if (seconds === undefined) return;
        expect(Number.isInteger(seconds) && seconds >= 0 && seconds <= DAY).toBe(true);
      }),
      RUNS,
    );
  });

  it("of a number or a date is the time until then, within a day", () => {
    fc.assert(
      fc.property(fc.integer({ min: -10 * DAY, max: 10 * DAY }), (seconds) => {
        const expected = Math.min(Math.max(seconds, 0), DAY);
        const date = new Date(now + seconds * 1000).toUTCString();
        expect(parseRetryAfter(date, now)).toBe(expected);
        expect(parseRetryAfter(String(seconds), now)).toBe(seconds < 0 ? undefined : expected);
      }),
      RUNS,
    );
  });
});

const SEPARATORS = "/ // \\ \\\\ \t \n \r @ : ? # & = ; %".split(" ").concat(" ");
const ENCODED = "%2f %2F %5c %2e %2e%2e %09 %00 .. . ../ /.. /./".split(" ");
const SCHEMES = "https: http: https:// http:// data: javascript: file: ws://".split(" ");
const PIECES = "//evil.example.org user user:pass@ :443 :80 :8443 v1 v2 a access_token".split(" ");
const LOOKALIKES = ["。", "／", "＠", "℀", "ⓔvil", "\u00ad", "\u200b", "\ufeff"];
const HOSTS = [
  "api.example.com",
  "evil.example.org",
  "api.example.com.evil.org",
  "[::1]",
  "0x7f.1",
];
const fragments = fc.array(
  fc.oneof(
    fc.constantFrom(...SEPARATORS, ...ENCODED, ...SCHEMES, ...PIECES, ...LOOKALIKES, ...HOSTS),
    fc.string({ maxLength: 3 }),
  ),
  { maxLength: 6 },
);
const absolute = fc.tuple(
  fc.constantFrom("https://", "https:", "http://", "//", "https:/", "\\\\", "/\\"),
  fc.constantFrom("", "", "user@", "user:pass@", "api.example.com@"),
  fc.constantFrom("api.example.com", "API.example.com", ...HOSTS),
  fc.constantFrom("", "", ":443", ":8443", "."),
  fc.constantFrom("", "/", "/v1/a", "/../x", "\t", " "),
);
/** URLs that an attacker or a bug may pass. */
const hostile = fc.oneof(fragments, absolute).map((parts) => parts.join(""));

/** Whether URL parsers disagree about a URL, or it has credentials of its own. */
function isAmbiguous(url: string): boolean {
  if (/^\/\/|[\u0000-\u0020\\\u007f]/.test(url)) return true;
  if (!URL.canParse(url)) return /^[a-z]+:\/\//i.test(url);
  const { username, password } = new URL(url);
  return username !== "" || password !== "";
}

describe("a session's URLs", () => {
  const TOKEN = Token.from({ accessToken: CANARY.accessToken });
  const REFUSED = ["ORIGIN_NOT_ALLOWED", "TOKEN_IN_URL", "URL_INVALID"];

  /** Where a session sends the token when it is given a URL. */
  function observed(): {
    readonly viaAxios: (url: string) => Promise<URL | undefined>;
    readonly viaFetch: (url: string) => Promise<URL | undefined>;
  } {
    const seen: { url: string; authorization: unknown }[] = [];
    const { client } = clientOf(
      ({ url, headers }) => {
        seen.push({ url: url as string, authorization: headers.get("authorization") });
        return {};
      },
      {},
      {
        fetch: (url, init) => {
          const authorization = new Headers(init?.headers).get("authorization");
          seen.push({ url: String(url), authorization });
          return Promise.resolve(new Response("{}"));
        },
      },
    );
    const session: OAuth2Session = client.session(TOKEN);
    const through = async (call: () => Promise<unknown>): Promise<URL | undefined> => {
      seen.length = 0;
      try {
        await call();
      } catch (error) {
        if (!isOAuthError(error)) throw error;
        expect(REFUSED).toContain(error.code);
        expect(seen).toEqual([]);
        return undefined;
      }
      expect(seen).toHaveLength(1);
      expect(seen[0]?.authorization).toBe(`Bearer ${CANARY.accessToken}`);
      return new URL(seen[0]?.url as string);
    };
    return {
      viaAxios: (url) => through(() => session.get(url)),
      viaFetch: (url) => through(() => session.fetch(url)),
    };
  }

  it(
    "take the token only to the API's origin, and below its base path when they are relative",
    async () => {
      const { viaAxios, viaFetch } = observed();
      const counts = { sent: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(hostile, async (url) => {
          const target = await viaAxios(url);
          expect((await viaFetch(url))?.href).toBe(target?.href);
          counts[target ? "sent" : "refused"] += 1;
          if (isAmbiguous(url)) expect(target).toBeUndefined();
          if (!target) return;
          expect(target.origin).toBe("https://api.example.com");
          expect(`${target.username}${target.password}`).toBe("");
          if (!/^[a-z]+:/i.test(url)) expect(`${target.pathname}/`).toMatch(/^\/v1\//);
        }),
        RUNS,
      );
      expect(Math.min(counts.sent, counts.refused)).toBeGreaterThan(10);
    },
    LONG,
  );

  it(
    "that axios joins from baseURL and params take the token only to the API's origin",
    async () => {
      const seen: string[] = [];
      const { client } = clientOf(({ url }) => {
        seen.push(url as string);
        return {};
      });
      const session = client.session(TOKEN);
      await fc.assert(
        fc.asyncProperty(hostile, hostile, hostile, async (url, baseURL, value) => {
          await outcomeOf(() => session.get(url, { baseURL, params: { q: value } }));
          expect(seen.every((sent) => new URL(sent).origin === "https://api.example.com")).toBe(
            true,
          );
        }),
        RUNS,
      );
      expect(seen.length).toBeGreaterThan(4);
    },
    LONG,
  );

  it(
    "that are plain paths are not changed",
    async () => {
      const { viaAxios } = observed();
      const segment = fc.stringMatching(/^[\w~-]{1,10}$/);
      await fc.assert(
        fc.asyncProperty(
          fc.array(segment, { minLength: 1 }),
          fc.boolean(),
          async (parts, slash) => {
            const path = parts.join("/");
            const target = await viaAxios(`${slash ? "/" : ""}${path}`);
            expect(target?.href).toBe(`https://api.example.com/v1/${path}`);
          },
        ),
        RUNS,
      );
    },
    LONG,
  );
});

describe("a redirect", () => {
  const url = fc
    .tuple(
      fc.constantFrom("https://", "http://"),
      fc.constantFrom("api.example.com", "evil.example.org", "127.0.0.1", "localhost", "10.0.0.1"),
      fc.constantFrom("", ":8080", ":443", ":80"),
      fc.constantFrom("/", "/a", "/a?b=c"),
    )
    .map((parts) => parts.join(""));
  const location = fc.oneof(hostile, url, fc.constantFrom("/next", "?x", "../up", ""));
  const status = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(301, 302, 303, 307, 308) },
    { weight: 1, arbitrary: fc.constantFrom(200, 300, 304, 305, 306, 309, 401, 500) },
  );
  const method = fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE");
  const loopback = new Set(["127.0.0.1", "localhost"]);

  function isSafe({ protocol, hostname }: URL): boolean {
    return protocol === "https:" || (protocol === "http:" && loopback.has(hostname));
  }

  it("keeps credentials and body within an origin, and never leads to plain http", () => {
    let followed = 0;
    fc.assert(
      fc.property(url, location, status, method, fc.boolean(), (...parts) => {
        const [start, to, code, verb, hasBody] = parts;
        const from = new URL(start);
        let hop: ReturnType<typeof nextHop>;
        try {
          hop = nextHop({
            provider: "example",
            status: code,
            location: to,
            url: from,
            method: verb,
            hasBody,
            followed: 0,
          });
        } catch (error) {
          expect(isOAuthError(error) && error.code).toBe("REDIRECT_REFUSED");
          return;
        }
        expect(hop !== undefined).toBe([301, 302, 303, 307, 308].includes(code) && to !== "");
        if (!hop) return;
        followed += 1;
        expect(hop.sameOrigin).toBe(hop.url.origin === from.origin);
        expect(isSafe(hop.url) || /^(?:\[::1\]|127\.)/.test(hop.url.hostname)).toBe(true);
        expect(from.protocol === "https:" && hop.url.protocol === "http:").toBe(false);
        expect(hop.keepBody && (!hasBody || !hop.sameOrigin)).toBe(false);
        expect([verb, "GET"]).toContain(hop.method);
        if (code >= 307) expect(hop.method).toBe(verb);
        expect(`${hop.url.username}${hop.url.password}`).toBe("");
      }),
      RUNS,
    );
    expect(followed).toBeGreaterThan(20);
  });

  it(
    "in any chain never takes the token or secrets beyond the API's origin",
    async () => {
      let replies: Reply[] = [];
      const { client, sent } = clientOf(() => replies.shift() ?? {});
      const session = client.session({ accessToken: CANARY.accessToken });
      const chain = fc.array(fc.tuple(status, location), { minLength: 1, maxLength: 8 });
      let crossings = 0;
      await fc.assert(
        fc.asyncProperty(chain, method, async (hops, verb) => {
          replies = hops.map(([code, to]) => ({ status: code, headers: { location: to } }));
          sent.length = 0;
          const data = verb === "POST" || verb === "PUT" ? CANARY.userData : undefined;
          await outcomeOf(() =>
            session.request({
              url: "/start",
              method: verb,
              data,
              headers: { "x-api-key": CANARY.code, cookie: `id=${CANARY.code}` },
              validateStatus: null,
            }),
          );
          expect(sent.length).toBeLessThanOrEqual(6);
          let crossed = false;
          for (const request of sent) {
            crossed ||= new URL(request.url as string).origin !== "https://api.example.com";
            if (!crossed) continue;
            crossings += 1;
            const shown = JSON.stringify([request.url, request.headers.toJSON(), request.data]);
            for (const canary of [CANARY.accessToken, CANARY.code, CANARY.userData]) {
              expect(shown).not.toContain(canary);
            }
          }
        }),
        RUNS,
      );
      expect(crossings).toBeGreaterThan(10);
    },
    LONG,
  );
});

describe("redaction", () => {
  const secret = anyText({ minLength: 8, maxLength: 40 }).filter(
    (text) => !"[redacted]".includes(text),
  );
  const forms: ((secret: string) => string)[] = [
    (text) => text,
    encodeURIComponent,
    (text) => encodeURIComponent(text).replace(/%../g, (part) => part.toLowerCase()),
    (text) => new URLSearchParams({ s: text }).toString().slice(2),
    (text) =>
      new URLSearchParams({ s: text })
        .toString()
        .slice(2)
        .replace(/%../g, (part) => part.toLowerCase()),
    (text) => JSON.stringify(text).slice(1, -1),
  ];
  const text = fc.tuple(
    fc.array(secret, { minLength: 1, maxLength: 3 }),
    fc.array(fc.tuple(fc.string(), fc.nat(2), fc.constantFrom(...forms)), { minLength: 1 }),
  );

  it("removes each secret, also as URLs, forms and JSON encode it", () => {
    fc.assert(
      fc.property(text, ([secrets, parts]) => {
        const written = parts
          .map(([before, index, form]) => before + form(secrets[index % secrets.length] as string))
          .join(" ");
        const clean = new Redactor(secrets).text(written);
        for (const known of secrets) {
          for (const form of forms) expect(clean).not.toContain(form(known));
        }
        expect(clean).toContain("[redacted]");
      }),
      RUNS,
    );
  });

  it("does not change a text without secrets", () => {
    fc.assert(
      fc.property(anyText(), fc.array(secret), (written, secrets) => {
        fc.pre(!secrets.some((known) => written.includes(known)));
        expect(new Redactor([...secrets, undefined, "", "abc"]).text(written)).toBe(written);
      }),
      RUNS,
    );
  });

  it("makes one line of plain text with a maximum length", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 2000 }), (written) => {
        const line = new Redactor([]).line(written);
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
        expect(line.length).toBeLessThanOrEqual(501);
      }),
      RUNS,
    );
  });
});

describe("scopes", () => {
  const name = fc.oneof(
    fc.constantFrom("read", "write", "__proto__", "constructor", "toString", "user:email"),
    fc.stringMatching(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,6}$/),
  );
  const names = fc.array(name, { maxLength: 8 });

  it("are read as a set in the order of first mention", () => {
    fc.assert(
      fc.property(names, fc.constantFrom(" ", ",", "  ", ", "), (list, delimiter) => {
        const read = parseScope(list.join(delimiter), delimiter.trim() || " ");
        expect(read).toEqual([...new Set(list)]);
      }),
      RUNS,
    );
  });

  it("differ by what is missing and what is additional", () => {
    fc.assert(
      fc.property(names, names, (asked, given) => {
        const missing = asked.filter((entry) => !given.includes(entry));
        const additional = given.filter((entry) => !asked.includes(entry));
        expect(compareScopes(asked, given)).toEqual(
          missing.length + additional.length === 0 ? undefined : { missing, additional },
        );
        expect(compareScopes(asked, asked.toReversed())).toBeUndefined();
      }),
      RUNS,
    );
  });

  it("are equal under the provider's aliases", () => {
    fc.assert(
      fc.property(names, (list) => {
        const aliases = Object.fromEntries(list.map((entry) => [entry, `https://x/${entry}`]));
        const granted = list.map((entry) => `https://x/${entry}`);
        expect(compareScopes(list, granted, aliases)).toBeUndefined();
        expect(compareScopes(granted, list, aliases)).toBeUndefined();
      }),
      RUNS,
    );
  });
});

describe("a stored token", () => {
  const tokenText = fc.stringMatching(/^[\x21-\x7e]{1,40}$/);
  const time = fc.date({ noInvalidDate: true });
  // A smaller number is one of seconds.
  const milliseconds = time.map((date) => date.getTime()).filter((ms) => Math.abs(ms) >= 1e11);
  // JSON has no -0.
  const json = fc
    .jsonValue({ maxDepth: 3 })
    .map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const names = fc.array(fc.string(), { maxLength: 5 });
  const record: fc.Arbitrary<TokenRecord> = fc.record(
    {
      accessToken: tokenText,
      tokenType: fc.constantFrom("bearer", "dpop", "Bearer"),
      issuedAt: fc.oneof(
        time,
        milliseconds,
        time.map((date) => date.toISOString()),
      ),
      expiresAt: fc.oneof(
        time,
        milliseconds,
        time.map((date) => date.toISOString()),
      ),
      refreshToken: tokenText,
      refreshTokenExpiresAt: time,
      scope: names,
      requestedScope: names,
      scopeChange: fc.record({ missing: names, additional: names }),
      idToken: tokenText,
      claims: fc
        .dictionary(fc.string(), json)
        .map((claims) => ({ ...claims, iss: "i", sub: "s", aud: "a", exp: 2, iat: 1 })),
      raw: fc.dictionary(fc.string(), json),
    },
    { requiredKeys: ["accessToken"] },
  );

  const fieldsOf = (token: Token): unknown[] => [
    token.accessToken,
    token.tokenType,
    token.issuedAt?.getTime(),
    token.expiresAt?.getTime(),
    token.refreshToken,
    token.refreshTokenExpiresAt?.getTime(),
    token.scope,
    token.requestedScope,
    token.scopeChange,
    token.idToken,
    token.claims,
    token.raw,
  ];

  it("comes back from JSON without loss", () => {
    fc.assert(
      fc.property(record, (fields) => {
        const token = Token.from(fields);
        const stored = JSON.stringify(token);
        const back = Token.from(JSON.parse(stored) as TokenRecord);
        expect(JSON.stringify(back)).toBe(stored);
        expect(fieldsOf(back)).toEqual(fieldsOf(token));
        expect(back.accessToken).toBe(fields.accessToken);
        expect(back.raw).toEqual(JSON.parse(JSON.stringify(fields.raw ?? {})));
        expect(back.expiresAt).toEqual(
          fields.expiresAt === undefined ? undefined : new Date(fields.expiresAt as string),
        );
      }),
      RUNS,
    );
  });

  it("that is damaged is refused with TOKEN_INVALID, or read as a valid token", () => {
    const damaged = fc.oneof(
      anything,
      fc
        .tuple(record, fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(anything, fc.double())))
        .map(([good, changes]) => ({ ...good, ...changes })),
    );
    fc.assert(
      fc.property(damaged, (value) => {
        let token: Token;
        try {
          token = Token.from(value as TokenRecord);
        } catch (error) {
          if (!isOAuthError(error)) throw error;
          expect(error.code).toBe("TOKEN_INVALID");
          return;
        }
        expect(token.accessToken).toMatch(/^[\x21-\x7e]+$/);
        expect(Number.isNaN(token.expiresAt?.getTime() ?? 0)).toBe(false);
      }),
      RUNS,
    );
  });
});

const FIELDS = [
  "accessToken",
  "tokenType",
  "issuedAt",
  "expiresAt",
  "refreshToken",
  "refreshTokenExpiresAt",
  "scope",
  "requestedScope",
  "scopeChange",
  "idToken",
  "claims",
  "raw",
] as const;
