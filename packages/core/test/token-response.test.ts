import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  isOAuthError,
  type OAuth2Client,
  type OAuthError,
  type Token,
  type TokenRequestHookValue,
  type TokenResponseHookValue,
} from "@grantkit/core";
import axios from "axios";
import type { ServerResponse } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliCompress, createDeflate, createGzip } from "node:zlib";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { type Answer, LoopbackServer } from "./support/loopback-server.ts";
import { callbackFor, GOOD, signIn, TokenEndpoint, until } from "./support/token-endpoint.ts";
import { turns } from "./support/turns.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "content-type": "application/json" };
const HTML = { "content-type": "text/html; charset=utf-8" };

let endpoint: TokenEndpoint;
let client: OAuth2Client;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
  client = endpoint.client();
});

afterEach(() => endpoint.close());

/** The error of a sign-in whose token response must be refused, after one request. */
async function refusal(answer: Answer | "cut"): Promise<OAuthError> {
  endpoint.answer(answer);
  const error = await rejectionOf(signIn(client));
  if (!isOAuthError(error)) throw error;
  expect(error.provider).toBe("example");
  expect(endpoint.server.requests).toHaveLength(1);
  return error;
}

/** The token of a response with some fields changed; an undefined one is removed. */
async function tokenWith(fields: Readonly<Record<string, unknown>>): Promise<Token> {
  endpoint.answer({ body: { ...GOOD, ...fields } });
  return signIn(client);
}

function refusalOf(fields: Readonly<Record<string, unknown>>): Promise<OAuthError> {
  return refusal({ body: { ...GOOD, ...fields } });
}

describe("an error that the token endpoint answers", () => {
  it("is an error with status 200 too", async () => {
    const error = await refusal({
      body: {
        error: "bad_verification_code",
        error_description: "The code passed is incorrect or expired.",
        error_uri: "https://docs.example.com/errors",
        trace: 17,
      },
    });
    expect(error).toMatchObject({
      code: "PROVIDER_ERROR",
      status: 200,
      error: "bad_verification_code",
      errorDescription: "The code passed is incorrect or expired.",
      errorUri: "https://docs.example.com/errors",
      details: { trace: 17 },
    });
  });

  it.each([
    [400, "invalid_grant", "INVALID_GRANT"],
    [401, "invalid_client", "INVALID_CLIENT"],
    [400, "unauthorized_client", "UNAUTHORIZED_CLIENT"],
    [400, "unsupported_grant_type", "UNSUPPORTED_GRANT_TYPE"],
    [400, "invalid_scope", "INVALID_SCOPE"],
    [400, "a_word_of_its_own", "PROVIDER_ERROR"],
    [400, "constructor", "PROVIDER_ERROR"],
  ])("keeps its status %d and word %s as %s", async (status, word, code) => {
    const error = await refusal({ status, body: { error: word } });
    expect(error).toMatchObject({ code, status, error: word, retryable: false });
    expect(error.message).toContain(word);
  });

  it("is read from the body of a response with a WWW-Authenticate challenge", async () => {
    const error = await refusal({
      status: 401,
      headers: { "www-authenticate": 'Basic realm="x"' },
      body: { error: "invalid_client" },
    });
    expect(error.code).toBe("INVALID_CLIENT");
  });

  it("is read from a form", async () => {
    const error = await refusal({
      headers: FORM,
      body: "error=incorrect_client_credentials&error_description=Wrong+secret",
    });
    expect(error).toMatchObject({
      error: "incorrect_client_credentials",
      errorDescription: "Wrong secret",
    });
  });

  it.each([[null], [""], [CANARY.accessToken]])(
    "is an error beside access_token %j",
    async (token) => {
      const error = await refusal({ body: { error: "access_denied", access_token: token } });
      expect(error).toMatchObject({ code: "ACCESS_DENIED", error: "access_denied" });
    },
  );

  it("shows none of the secrets that it quotes back, in whatever form", async () => {
    const secret = "s:%+ é/canary=1";
    client = endpoint.client({ clientAuthentication: "basic" }, { clientSecret: secret });
    const request = await client.authorizationRequest();
    endpoint.answer(({ headers, body }) => ({
      status: 400,
      body: {
        error: "invalid_client",
        error_description: `got ${headers["authorization"]} and ${body} and ${secret}`,
        error_uri: `https://example.com/?secret=${encodeURIComponent(secret)}`,
        code: CANARY.code,
        note: `the code ${CANARY.code}`,
        access_token: CANARY.accessToken,
        refresh_token: CANARY.refreshToken,
      },
    }));
    const error = await rejectionOf(client.fetchToken(callbackFor(request), request));
    expect(error).toMatchObject({ code: "INVALID_CLIENT" });
    const basic = endpoint.requests[0]?.headers.authorization?.replace("Basic ", "") as string;
    expectNoCanary(error, secret, request.codeVerifier, basic);
  });

  it("shows none of the secrets that it quotes back percent-encoded in lower case", async () => {
    const code = "canary/code+1";
    const request = await client.authorizationRequest();
    endpoint.answer({
      status: 400,
      body: { error: "invalid_grant", error_description: "code canary%2fcode%2b1 is unknown" },
    });
    const callback = new URLSearchParams({ code, state: request.state });
    const error = await rejectionOf(client.fetchToken(callback, request));
    expectNoCanary(error, code, "canary%2fcode%2b1");
  });

  it("is cut to one line of plain text of bounded length", async () => {
    const error = await refusal({
      status: 400,
      body: {
        error: "invalid_grant",
        error_description: `a\r\nb\u0000\u001b[31m${"x".repeat(9000)}`,
      },
    });
    expect(error.message).not.toMatch(/[\u0000-\u001f]/);
    expect(error.errorDescription?.length).toBeLessThanOrEqual(501);
  });
});

describe("a token response that cannot be read", () => {
  const deep = (levels: number): string =>
    `{"access_token":"${CANARY.accessToken}","deep":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`;
  const leak = `access_token":"${CANARY.accessToken}`;
  const rows: [string, Answer][] = [
    ["HTML", { headers: HTML, body: `<html>${leak}</html>` }],
    ["nothing", {}],
    ["white space", { headers: JSON_TYPE, body: " \r\n " }],
    ["JSON that is cut off", { headers: JSON_TYPE, body: `{"${leak}"` }],
    ["a JSON array", { headers: JSON_TYPE, body: `[{"${leak}"}]` }],
    ["a JSON string", { headers: JSON_TYPE, body: `"${CANARY.accessToken}"` }],
    ["a JSON null", { headers: JSON_TYPE, body: "null" }],
    ["a JSON number", { headers: JSON_TYPE, body: "42" }],
    ["two JSON objects", { headers: JSON_TYPE, body: `{"${leak}"}{}` }],
    [
      "bytes that are no UTF-8",
      { headers: JSON_TYPE, body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) },
    ],
    ["plain text", { headers: { "content-type": "text/plain" }, body: CANARY.accessToken }],
    ["JSON nested 33 levels deep", { headers: JSON_TYPE, body: deep(33) }],
    ["JSON nested 100,000 levels deep", { headers: JSON_TYPE, body: deep(100_000) }],
    [
      "a form that repeats a field",
      { headers: FORM, body: `access_token=${CANARY.accessToken}&access_token=other` },
    ],
  ];
  it.each(rows)(
    "is refused with its status and type, and is not quoted: %s",
    async (_name, answer) => {
      const error = await refusal(answer);
      expect(error).toMatchObject({
        code: "TOKEN_RESPONSE_INVALID",
        status: 200,
        details: { field: "body" },
        retryable: false,
      });
      const type = answer.headers?.["content-type"] ?? "no content type";
      expect(error.message).toContain(`(status 200, ${(type as string).split(";")[0]})`);
    },
  );

  it("does not get its content type into the error message", async () => {
    const error = await refusal({
      headers: { "content-type": `x/${"y".repeat(500)} evil` },
      body: "?",
    });
    expect(error.message).not.toContain("evil");
    expect(error.message.length).toBeLessThan(300);
  });

  it.each([201, 202, 204, 206, 404, 410])(
    "is refused with status %d, whatever its body",
    async (status) => {
      const error = await refusal({ status, ...(status !== 204 && { body: GOOD }) });
      expect(error).toMatchObject({ code: "TOKEN_RESPONSE_INVALID", status, retryable: false });
    },
  );
});

describe("an unusual token response that can be read", () => {
  const expected = { accessToken: CANARY.accessToken, refreshToken: CANARY.refreshToken };
  const json = JSON.stringify(GOOD);
  const form = new URLSearchParams(GOOD as Record<string, string>).toString();
  const rows: [string, Answer][] = [
    ["a form", { headers: FORM, body: form }],
    ["a form without a content type", { body: form }],
    ["a form as text/plain", { headers: { "content-type": "text/plain" }, body: form }],
    ["JSON as text/javascript", { headers: { "content-type": "text/javascript" }, body: json }],
    ["JSON as text/html", { headers: HTML, body: json }],
    ["JSON without a content type", { body: json }],
    ["JSON with a byte order mark", { headers: JSON_TYPE, body: `\uFEFF${json}` }],
    ["JSON with white space around it", { headers: JSON_TYPE, body: `\n ${json}\n` }],
  ];
  it.each(rows)("is %s", async (_name, answer) => {
    endpoint.answer(answer);
    const token = await signIn(client);
    expect(token).toMatchObject(expected);
    expect(token.expiresAt?.getTime()).toBe(endpoint.clock.now() + 3_600_000);
    expect(token.scope).toEqual(["read", "write"]);
  });

  it("keeps other fields, nested up to 32 levels", async () => {
    const nested = JSON.parse(`${'{"a":'.repeat(31)}1${"}".repeat(31)}`) as unknown;
    const token = await tokenWith({ id: "https://login.example.com/1", nested });
    expect(token.raw).toEqual({ id: "https://login.example.com/1", nested });
  });

  it("changes no prototype", async () => {
    endpoint.answer({
      headers: JSON_TYPE,
      body: `{"access_token":"${CANARY.accessToken}","__proto__":{"polluted":1,"refresh_token":"x"},"constructor":{"prototype":{"polluted":1}},"more":{"__proto__":{"polluted":1}}}`,
    });
    const token = await signIn(client);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(token.refreshToken).toBeUndefined();
    expect("polluted" in token.raw).toBe(false);
    expect(Object.keys(token.raw)).toEqual(["constructor", "more"]);
    expect((token.raw["more"] as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("ignores a __proto__ field of the body", async () => {
    const error = await refusal({
      headers: JSON_TYPE,
      body: `{"__proto__":{"access_token":"${CANARY.accessToken}"}}`,
    });
    expect(error).toMatchObject({ details: { field: "access_token" } });
  });
});

describe("access_token", () => {
  const unusable: [unknown][] = [
    ["a\r\nX-Evil: y"],
    ["a\nb"],
    ["a b"],
    [" "],
    ["a\u0000b"],
    ["a\u007fb"],
    ["tökén"],
    ["a\u2028b"],
    ["😀"],
    [17],
    [true],
    [{}],
    [["a"]],
  ];
  it.each(unusable)("%j is refused", async (value) => {
    const error = await refusalOf({ access_token: value });
    expect(error).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
      details: { field: "access_token" },
    });
    if (typeof value === "string" && value.length > 4) expectNoCanary(error, value);
  });

  it.each([[undefined], [null], [""]])("%j is missing", async (value) => {
    const error = await refusalOf({ access_token: value });
    expect(error.message).toContain("access_token is missing");
    expect(error).toMatchObject({ details: { field: "access_token" } });
  });

  it("is missing from {}", async () => {
    expect(await refusal({ body: {} })).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
      details: { field: "access_token" },
    });
  });

  it.each(["!", "~", "a.b-c_d~e+f/g==", '{}|^`<>"\\'])("%j is a token", async (value) => {
    expect((await tokenWith({ access_token: value })).accessToken).toBe(value);
  });
});

describe("token_type", () => {
  it.each([["Bearer"], ["bearer"], ["BEARER"], ["bEaReR"], [undefined], [null], [""]])(
    "%j is bearer",
    async (value) => {
      expect((await tokenWith({ token_type: value })).tokenType).toBe("bearer");
    },
  );

  it.each([["mac"], ["N_A"], ["Bearer "], ["bearer,dpop"], [1], [["Bearer"]], [{}]])(
    "%j is refused",
    async (value) => {
      expect(await refusalOf({ token_type: value })).toMatchObject({
        code: "TOKEN_RESPONSE_INVALID",
        details: { field: "token_type" },
      });
    },
  );
});

describe("expires_in", () => {
  const TEN_YEARS = 315_576_000;
  const lifetimes: [string, number | undefined][] = [
    ["0", 0],
    ["1", 1],
    ["3600", 3600],
    ['"3600"', 3600],
    ['"0"', 0],
    ['"007"', 7],
    ["60.9", 60],
    ["0.5", 0],
    ["-0", 0],
    ["1e3", 1000],
    ["1e300", TEN_YEARS],
    ["1e400", TEN_YEARS],
    ["315576000", TEN_YEARS],
    ["315576001", TEN_YEARS],
    ["99999999999", TEN_YEARS],
    ['"9999999999"', TEN_YEARS],
    ["null", undefined],
    ['""', undefined],
  ];
  it.each(lifetimes)("%s is %j seconds", async (json, seconds) => {
    endpoint.answer({
      headers: JSON_TYPE,
      body: `{"access_token":"${CANARY.accessToken}","expires_in":${json}}`,
    });
    const { expiresAt } = await signIn(client);
    expect(expiresAt?.getTime()).toBe(
      seconds === undefined ? undefined : endpoint.clock.now() + seconds * 1000,
    );
  });

  it("is unknown when it is absent", async () => {
    const token = await tokenWith({ expires_in: undefined });
    expect(token.expiresAt).toBeUndefined();
    expect(token.isExpired(0, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  const unusable = [
    '"300abc"',
    '"0x10"',
    '"1e3"',
    '"60.9"',
    '"-1"',
    '"+5"',
    '" 5"',
    '"5 "',
    '"NaN"',
    '"Infinity"',
    '"99999999999"',
    '"٣"',
    "-1",
    "-0.5",
    "-1e300",
    "true",
    "false",
    "[]",
    "[3600]",
    "{}",
  ];
  it.each(unusable)("%s leaves the lifetime unknown", async (json) => {
    endpoint.answer({
      headers: JSON_TYPE,
      body: `{"access_token":"${CANARY.accessToken}","expires_in":${json}}`,
    });
    const token = await signIn(client);
    expect(token.accessToken).toBe(CANARY.accessToken);
    expect(token.expiresAt).toBeUndefined();
  });

  it("counts from the moment when the response arrived", async () => {
    endpoint.answer(() => {
      endpoint.clock.advance(5000);
      return { body: GOOD };
    });
    const before = endpoint.clock.now();
    const token = await signIn(client);
    expect(token.issuedAt?.getTime()).toBe(before + 5000);
    expect(token.expiresAt?.getTime()).toBe(before + 5000 + 3_600_000);
  });

  it("counts, and not an expires_at by the provider's own clock", async () => {
    endpoint.answer({ body: { ...GOOD, expires_in: 60, expires_at: 1 } });
    const token = await signIn(client);
    expect(token.expiresAt?.getTime()).toBe(endpoint.clock.now() + 60_000);
    expect(token.raw).toEqual({ expires_at: 1 });
  });

  it("is read for the refresh token in the same way", async () => {
    const token = await tokenWith({ refresh_token_expires_in: "15897600" });
    expect(token.refreshTokenExpiresAt?.getTime()).toBe(endpoint.clock.now() + 15_897_600_000);
    expect(token.raw).toEqual({});
  });
});

describe("scope", () => {
  const rows: [string, unknown, string[], unknown][] = [
    ["is what was asked for when it is missing", undefined, ["read", "write"], undefined],
    ["is what was asked for when it is null", null, ["read", "write"], undefined],
    ["is nothing when it is empty", "", [], { missing: ["read", "write"], additional: [] }],
    ["is nothing when it is blank", "  ", [], { missing: ["read", "write"], additional: [] }],
    ["may be narrower", "read", ["read"], { missing: ["write"], additional: [] }],
    [
      "may be wider",
      "read write admin",
      ["read", "write", "admin"],
      { missing: [], additional: ["admin"] },
    ],
    ["may come in another order", "write read", ["write", "read"], undefined],
    ["may repeat itself", "read write read", ["read", "write"], undefined],
    ["may be separated by any white space", "read\n\twrite", ["read", "write"], undefined],
    ["may be an array", ["read", "write"], ["read", "write"], undefined],
    [
      "may be an empty array, which is nothing",
      [],
      [],
      { missing: ["read", "write"], additional: [] },
    ],
    [
      "tells upper from lower case",
      "Read write",
      ["Read", "write"],
      { missing: ["read"], additional: ["Read"] },
    ],
  ];
  it.each(rows)("%s", async (_name, scope, granted, change) => {
    const token = await tokenWith({ scope });
    expect(token.scope).toEqual(granted);
    expect(token.requestedScope).toEqual(["read", "write"]);
    expect(token.scopeChange).toEqual(change);
  });

  it.each([[7], [{}], [["read", 7]], [true]])("%j is refused", async (scope) => {
    expect(await refusalOf({ scope })).toMatchObject({ details: { field: "scope" } });
  });

  it("is split at the provider's own delimiter and compared by its aliases", async () => {
    client = endpoint.client({ scopeDelimiter: ",", scopeAliases: { read: "https://x/read" } });
    endpoint.answer({ body: { ...GOOD, scope: "https://x/read,write" } });
    const token = await signIn(client);
    expect(token.scope).toEqual(["https://x/read", "write"]);
    expect(token.scopeChange).toBeUndefined();
  });
});

describe("refresh_token and id_token", () => {
  it.each([[undefined], [null], [""]])("%j is undefined", async (value) => {
    const token = await tokenWith({ refresh_token: value, id_token: value });
    expect(token.refreshToken).toBeUndefined();
    expect(token.idToken).toBeUndefined();
  });

  it.each([["a\r\nb"], ["a\tb"], [7], [{}], [[]]])("%j is refused", async (value) => {
    expect(await refusalOf({ refresh_token: value })).toMatchObject({
      code: "TOKEN_RESPONSE_INVALID",
      details: { field: "refresh_token" },
    });
  });

  it("refuse an id_token that is not a string", async () => {
    expect(await refusalOf({ id_token: {} })).toMatchObject({ details: { field: "id_token" } });
  });

  it("keep an id_token without claims when the provider has no keys", async () => {
    const token = await tokenWith({ id_token: "a.b.c" });
    expect(token.idToken).toBe("a.b.c");
    expect(token.claims).toBeUndefined();
  });
});

describe("a redirect from the token endpoint", () => {
  it.each([301, 302, 303, 307, 308])("is not followed with status %d", async (status) => {
    const elsewhere = await LoopbackServer.start(() => ({ body: GOOD }));
    try {
      const error = await refusal({ status, headers: { location: `${elsewhere.origin}/token` } });
      expect(error).toMatchObject({ code: "REDIRECT_REFUSED", status, retryable: false });
      expect(elsewhere.requests).toEqual([]);
    } finally {
      await elsewhere.close();
    }
  });

  it("is not followed within the server, nor read for a token", async () => {
    const error = await refusal({ status: 307, headers: { location: "/token2" }, body: GOOD });
    expect(error).toMatchObject({ code: "REDIRECT_REFUSED", status: 307 });
  });
});

describe("an unavailable token endpoint", () => {
  it.each([
    [500, "SERVER_ERROR"],
    [502, "SERVER_ERROR"],
    [503, "SERVER_ERROR"],
    [504, "SERVER_ERROR"],
    [429, "RATE_LIMITED"],
  ])("is reported as a retryable error: %d is %s, with HTML or JSON", async (status, code) => {
    const page = await refusal({ status, headers: HTML, body: "<h1>Bad gateway</h1>" });
    expect(page).toMatchObject({ code, status, retryable: true });
    expect(page.retryAfter).toBeUndefined();
    endpoint.answer({ status, body: { error: "server_error", error_description: "Oops" } });
    const json = await rejectionOf(signIn(client));
    expect(json).toMatchObject({ code, status, retryable: true, errorDescription: "Oops" });
    endpoint.answer({ status, body: { message: "no OAuth error" } });
    expect(await rejectionOf(signIn(client))).toMatchObject({ code, status, retryable: true });
    expect(endpoint.requests).toHaveLength(3);
  });

  const DATE = new Date(Date.UTC(2026, 0, 15, 12, 2)).toUTCString();
  const PAST = new Date(Date.UTC(2026, 0, 15, 11)).toUTCString();
  const waits: [string, string | undefined, number | undefined][] = [
    ["seconds", "120", 120],
    ["zero", "0", 0],
    ["a date to come", DATE, 120],
    ["a date that has passed", PAST, 0],
    ["a date far away", "Fri, 31 Dec 9999 23:59:59 GMT", 86_400],
    ["more than a day", "1000000000", 86_400],
    ["a number in floating point", "1e9", undefined],
    ["a fraction", "1.5", undefined],
    ["a negative number", "-5", undefined],
    ["junk", "soon", undefined],
    ["junk that begins like a date", "Mon, whenever", undefined],
    ["empty", "", undefined],
    ["two values", "5, 10", undefined],
    ["absent", undefined, undefined],
  ];
  it.each(waits)("can say when to retry: %s", async (_name, header, seconds) => {
    for (const body of [undefined, { error: "slow" }]) {
      endpoint.answer({
        status: 429,
        headers: header === undefined ? {} : { "retry-after": header },
        body,
      });
      const error = (await rejectionOf(signIn(client))) as OAuthError;
      expect(error.code).toBe("RATE_LIMITED");
      expect(error.retryAfter).toBe(seconds);
    }
  });
});

describe("a connection that breaks", () => {
  it("after the request was read is reported as ambiguous, and the code sent once", async () => {
    const error = await refusal("cut");
    expect(error).toMatchObject({ code: "NETWORK_ERROR", retryable: false });
    expect(error.message).toContain("ambiguous");
    await turns();
    expect(endpoint.requests).toHaveLength(1);
  });

  it("in the middle of the body is reported as ambiguous, and the code sent once", async () => {
    endpoint.answer((_request, response) => {
      response.writeHead(200, { ...JSON_TYPE, "content-length": "1000" });
      response.write(`{"access_token":"${CANARY.accessToken}"`, () => response.destroy());
      return "hang";
    });
    const error = await rejectionOf(signIn(client));
    expect(error).toMatchObject({ code: "NETWORK_ERROR", retryable: false });
    expect((error as Error).message).toContain("ambiguous");
    expect(endpoint.requests).toHaveLength(1);
  });

  it("during a refresh is retryable", async () => {
    const token = await signIn(client);
    endpoint.answer("cut");
    const error = await rejectionOf(client.refreshToken(token));
    expect(error).toMatchObject({ code: "NETWORK_ERROR", retryable: true });
  });
});

describe("an answer that is too large", () => {
  it("is refused at 2 MB", async () => {
    const error = await refusal({ body: { ...GOOD, padding: "x".repeat(2 * 1024 * 1024) } });
    expect(error).toMatchObject({ code: "RESPONSE_TOO_LARGE", retryable: false });
  });

  it("is refused at 2 MB without a length told first, and as an error", async () => {
    endpoint.answer((_request, response) => {
      response.writeHead(503, JSON_TYPE);
      response.end(Buffer.alloc(2 * 1024 * 1024, 0x20));
      return "hang";
    });
    expect(await rejectionOf(signIn(client))).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
  });

  it("is read just below 1 MiB", async () => {
    const token = await tokenWith({ padding: "x".repeat(1024 * 1024 - 500) });
    expect(token.accessToken).toBe(CANARY.accessToken);
  });

  it.each([
    ["gzip", createGzip],
    ["deflate", createDeflate],
    ["br", createBrotliCompress],
  ])("is refused when it unpacks to 200 MB: %s", async (encoding, compressor) => {
    const MEGABYTE = Buffer.alloc(1024 * 1024, 0x20);
    let unpacked = 0;
    let done: Promise<void> | undefined;
    function* blanks(): Generator<Buffer> {
      for (; unpacked < 200; unpacked += 1) yield MEGABYTE;
    }
    endpoint.answer((_request, response) => {
      response.writeHead(200, { ...JSON_TYPE, "content-encoding": encoding });
      done = pipeline(Readable.from(blanks()), compressor(), response).catch(() => undefined);
      return "hang";
    });
    const before = process.memoryUsage().rss;
    const error = await rejectionOf(signIn(client));
    const growth = process.memoryUsage().rss - before;
    expect(error).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
    expect(growth).toBeLessThan(60 * 1024 * 1024);
    await done;
  });
});

describe("a token endpoint that stops answering", () => {
  let listener: Server;
  let sockets: Socket[];
  let ended: number;

  beforeEach(async () => {
    sockets = [];
    ended = 0;
    listener = createTcpServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => (ended += 1));
      socket.resume();
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  });

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  });

  const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
  const stages: [string, string, string][] = [
    ["in the TLS handshake", "https", ""],
    ["before its status line", "http", ""],
    ["within its headers", "http", HEAD],
    ["before its body", "http", `${HEAD}content-length: 100\r\n\r\n`],
    [
      "within its body",
      "http",
      `${HEAD}content-length: 100\r\n\r\n{"access_token":"${CANARY.accessToken}"`,
    ],
    ["within a chunk", "http", `${HEAD}transfer-encoding: chunked\r\n\r\nff\r\n{"access`],
  ];
  it.each(stages)(
    "is timed out after ten seconds, and the socket closed: %s",
    async (_n, scheme, sent) => {
      const { port } = listener.address() as AddressInfo;
      const hanging = endpoint.client({
        endpoints: {
          authorization: "https://id.example.com/authorize",
          token: `${scheme}://127.0.0.1:${port}/token`,
        },
      });
      let settled = false;
      const failing = rejectionOf(signIn(hanging)).finally(() => (settled = true));
      await until(() => sockets.length === 1);
      const [socket] = sockets as [Socket];
      await new Promise((resolve) => socket.once("data", resolve));
      if (sent) await new Promise((resolve) => socket.write(sent, resolve));
      await pause();
      endpoint.clock.advance(9999);
      await pause();
      expect(settled).toBe(false);
      expect(ended).toBe(0);
      endpoint.clock.advance(1);
      expect(await failing).toMatchObject({ code: "TIMEOUT", retryable: false });
      await until(() => ended === 1);
      expect(endpoint.clock.pending).toBe(0);
    },
  );

  it("is timed out after ten seconds when it sends byte by byte", async () => {
    let drip: ServerResponse | undefined;
    const started = new Promise<void>((resolve) => {
      endpoint.answer((_request, response) => {
        drip = response;
        response.writeHead(200, JSON_TYPE);
        response.write(" ", () => resolve());
        return "hang";
      });
    });
    const failing = rejectionOf(signIn(client));
    await started;
    for (let second = 0; second < 10; second += 1) {
      drip?.write(" ");
      await pause();
      endpoint.clock.advance(1000);
    }
    expect(await failing).toMatchObject({ code: "TIMEOUT" });
  });

  it("is timed out after the client's own timeout", async () => {
    endpoint.answer("hang");
    const failing = rejectionOf(signIn(endpoint.client({}, { timeout: 250 })));
    await until(() => endpoint.requests.length === 1);
    endpoint.clock.advance(250);
    const error = await failing;
    expect(error).toMatchObject({ code: "TIMEOUT" });
    expect((error as Error).message).toContain("250 ms");
  });

  it("leaves no timer behind when it answers", async () => {
    await signIn(client);
    expect(endpoint.clock.pending).toBe(0);
  });
});

describe("the environment", () => {
  const PROXY_VARIABLES = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"];

  it("does not choose a proxy for the token request", async () => {
    const proxy = await LoopbackServer.start(() => ({ body: GOOD }));
    const before = PROXY_VARIABLES.map((name) => [name, process.env[name]] as const);
    for (const name of PROXY_VARIABLES) process.env[name] = proxy.origin;
    try {
      // axios itself uses this proxy, so that the test can fail.
      await axios.get(`${endpoint.server.origin}/probe`);
      expect(proxy.requests).toHaveLength(1);
      const token = await signIn(client);
      expect(token.accessToken).toBe(CANARY.accessToken);
      expect(endpoint.requests).toHaveLength(1);
      expect(proxy.requests).toHaveLength(1);
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await proxy.close();
    }
  });

  it("and a global axios do not change the token request", async () => {
    const { defaults } = axios;
    const before = { ...defaults, headers: { ...defaults.headers.common } };
    const seen: unknown[] = [];
    const interceptor = axios.interceptors.request.use((config) => {
      seen.push(config);
      return config;
    });
    Object.assign(defaults, {
      baseURL: "http://127.0.0.1:9/elsewhere",
      params: { stray: "1" },
      auth: { username: "somebody", password: "else" },
    });
    defaults.headers.common["X-Stray"] = "1";
    try {
      await signIn(endpoint.client({ clientAuthentication: "basic" }));
    } finally {
      axios.interceptors.request.eject(interceptor);
      delete defaults.headers.common["X-Stray"];
      for (const name of ["baseURL", "params", "auth"] as const) {
        if (before[name] === undefined) delete defaults[name];
      }
    }
    expect(seen).toEqual([]);
    const [request] = endpoint.requests;
    expect(request?.url).toBe("/token");
    expect(request?.headers["x-stray"]).toBeUndefined();
    expect(request?.headers.authorization).toBe(
      `Basic ${Buffer.from(`client:${CANARY.clientSecret}`).toString("base64")}`,
    );
  });
});

describe("client authentication", () => {
  const id = "client:%+ é";
  const secret = "s:%+ é&=/?";
  const decode = (text: string): string => new URLSearchParams(`s=${text}`).get("s") as string;

  it("by Basic form-encodes ID and secret, and sends them only in the header (RFC 6749 §2.3.1)", async () => {
    await signIn(
      endpoint.client({ clientAuthentication: "basic" }, { clientId: id, clientSecret: secret }),
    );
    const [scheme, credentials] = endpoint.requests[0]?.headers.authorization?.split(" ") ?? [];
    expect(scheme).toBe("Basic");
    const parts = Buffer.from(credentials as string, "base64")
      .toString()
      .split(":");
    expect(parts.map(decode)).toEqual([id, secret]);
    expect(endpoint.form()).not.toHaveProperty("client_secret");
  });

  it("by form fields sends ID and secret only in the body", async () => {
    await signIn(endpoint.client({}, { clientId: id, clientSecret: secret }));
    expect(endpoint.requests[0]?.headers.authorization).toBeUndefined();
    expect(endpoint.form()).toMatchObject({ client_id: id, client_secret: secret });
  });

  it("of a public client sends its ID only", async () => {
    const open = endpoint.client({}, { clientId: id, clientAuthentication: "none" });
    await signIn(open);
    expect(endpoint.requests[0]?.headers.authorization).toBeUndefined();
    expect(endpoint.form()).toMatchObject({ client_id: id });
    expect(endpoint.form()).not.toHaveProperty("client_secret");
  });
});

describe("a token request", () => {
  it("for a code has the fields of RFC 6749 and RFC 7636, and no others", async () => {
    const request = await client.authorizationRequest();
    await client.fetchToken(callbackFor(request), request);
    expect(endpoint.requests[0]).toMatchObject({ method: "POST", url: "/token" });
    expect(endpoint.requests[0]?.headers["content-type"]).toMatch(
      /^application\/x-www-form-urlencoded/,
    );
    expect(endpoint.requests[0]?.headers.accept).toContain("application/json");
    expect(endpoint.form()).toEqual({
      grant_type: "authorization_code",
      code: CANARY.code,
      redirect_uri: "https://app.example.com/callback",
      code_verifier: request.codeVerifier,
      client_id: "client",
      client_secret: CANARY.clientSecret,
    });
  });

  it("for a refresh has the refresh token, and no other fields", async () => {
    await client.refreshToken(await signIn(client));
    expect(endpoint.form(1)).toEqual({
      grant_type: "refresh_token",
      refresh_token: CANARY.refreshToken,
      client_id: "client",
      client_secret: CANARY.clientSecret,
    });
  });

  it("sends the redirect URI byte for byte", async () => {
    const redirectUri = "https://app.example.com?x=%20a%2F&y=";
    await signIn(client, { redirectUri });
    expect(endpoint.form()["redirect_uri"]).toBe(redirectUri);
  });
});

describe("the answer to a refresh", () => {
  const RENEWED = "canary-access-token-renewed-5Bc";
  let before: Token;

  beforeEach(async () => {
    endpoint.answer({
      body: { ...GOOD, refresh_token_expires_in: 7200, team: "a", region: "eu" },
    });
    before = await signIn(client);
    endpoint.clock.advance(60_000);
  });

  async function refreshedWith(fields: Record<string, unknown>): Promise<Token> {
    endpoint.answer({ body: { access_token: RENEWED, token_type: "bearer", ...fields } });
    return client.refreshToken(before);
  }

  it("without a refresh token keeps the old one, with its expiry", async () => {
    for (const refresh_token of [undefined, null, ""]) {
      endpoint.answer({ body: { access_token: RENEWED, refresh_token } });
      const after = await endpoint.client().refreshToken(before);
      expect(after.accessToken).toBe(RENEWED);
      expect(after.refreshToken).toBe(CANARY.refreshToken);
      expect(after.refreshTokenExpiresAt).toEqual(before.refreshTokenExpiresAt);
    }
  });

  it("with a new refresh token replaces the old one and its expiry", async () => {
    const after = await refreshedWith({ refresh_token: "rotated" });
    expect(after.refreshToken).toBe("rotated");
    expect(after.refreshTokenExpiresAt).toBeUndefined();
  });

  it("with a new expiry of the old refresh token updates the expiry", async () => {
    const after = await refreshedWith({ refresh_token_expires_in: 10 });
    expect(after.refreshToken).toBe(CANARY.refreshToken);
    expect(after.refreshTokenExpiresAt?.getTime()).toBe(endpoint.clock.now() + 10_000);
  });

  it("without a lifetime does not keep the old expiry", async () => {
    expect((await refreshedWith({})).expiresAt).toBeUndefined();
    expect((await refreshedWith({})).issuedAt?.getTime()).toBe(endpoint.clock.now());
  });

  it("without a scope keeps the granted one", async () => {
    expect((await refreshedWith({})).scope).toEqual(["read", "write"]);
  });

  it("with an empty scope has none", async () => {
    const after = await refreshedWith({ scope: "" });
    expect(after.scope).toEqual([]);
    expect(after.scopeChange).toEqual({ missing: ["read", "write"], additional: [] });
  });

  it("for a smaller scope has that scope, which the request names", async () => {
    endpoint.answer({ body: { access_token: RENEWED } });
    const after = await client.refreshToken(before, { scope: ["read"] });
    expect(endpoint.form(1)["scope"]).toBe("read");
    expect(after).toMatchObject({ scope: ["read"], requestedScope: ["read"] });
    expect(after.refreshToken).toBe(CANARY.refreshToken);
  });

  it("keeps the other fields of the token before", async () => {
    expect((await refreshedWith({ region: "us" })).raw).toEqual({ team: "a", region: "us" });
  });

  it("does not change the token before", async () => {
    const stored = JSON.stringify(before);
    await refreshedWith({ refresh_token: "rotated", scope: "read" });
    expect(JSON.stringify(before)).toBe(stored);
  });

  it("that is an error shows neither the old nor a new token", async () => {
    endpoint.answer({
      status: 400,
      body: {
        error: "invalid_grant",
        error_description: `${CANARY.refreshToken} of ${CANARY.accessToken} is used up`,
      },
    });
    const error = await rejectionOf(client.refreshToken(before));
    expect(error).toMatchObject({
      code: "INVALID_GRANT",
      errorDescription: "[redacted] of [redacted] is used up",
    });
  });
});

describe("hooks", () => {
  let ran: string[];

  const request =
    (name: string) =>
    (value: TokenRequestHookValue, { grant }: { grant?: string }): TokenRequestHookValue => {
      ran.push(`${name} ${grant}`);
      return { ...value, body: { ...value.body, trail: [value.body["trail"] ?? [], name].flat() } };
    };
  const response =
    (name: string) =>
    async (value: TokenResponseHookValue, { grant }: { grant?: string }) => {
      await new Promise((resolve) => setImmediate(resolve));
      ran.push(`${name} ${grant}`);
      return {
        ...value,
        body: {
          ...value.body,
          trail: `${(value.body["trail"] as string | undefined) ?? ""}${name};`,
        },
      };
    };

  beforeEach(() => {
    ran = [];
    client = endpoint.client(
      {
        hooks: {
          tokenRequest: [request("p1"), request("p2")],
          tokenResponse: response("p"),
          refreshRequest: request("pr"),
          refreshResponse: response("pr"),
        },
      },
      {
        hooks: {
          tokenRequest: request("c"),
          tokenResponse: [response("c1"), response("c2")],
          refreshRequest: request("cr"),
          refreshResponse: response("cr"),
        },
      },
    );
  });

  it("run in their order, the provider's before the client's", async () => {
    const token = await signIn(client);
    expect(ran.map((entry) => entry.split(" ")[0])).toEqual(["p1", "p2", "c", "p", "c1", "c2"]);
    expect(new Set(ran.map((entry) => entry.split(" ")[1]))).toEqual(
      new Set(["authorization_code"]),
    );
    expect(new URLSearchParams(endpoint.requests[0]?.body).getAll("trail")).toEqual([
      "p1",
      "p2",
      "c",
    ]);
    expect(token.raw).toEqual({ trail: "p;c1;c2;" });
  });

  it("for token responses run for a refresh too, and before those for refreshes", async () => {
    const token = await signIn(client);
    ran = [];
    const after = await client.refreshToken(token);
    expect(ran).toEqual(
      ["pr", "cr", "p", "c1", "c2", "pr", "cr"].map((name) => `${name} refresh_token`),
    );
    expect(after.raw).toEqual({ trail: "p;c1;c2;pr;cr;" });
  });

  it("see the fields of a form, and may return them unchanged", async () => {
    const bodies: unknown[] = [];
    client = endpoint.client({
      hooks: {
        tokenResponse: ({ body, status, headers }) =>
          void bodies.push([status, headers["content-type"], body]),
      },
    });
    endpoint.answer({ headers: FORM, body: "access_token=abc&expires=60" });
    expect((await signIn(client)).accessToken).toBe("abc");
    expect(bodies).toEqual([[200, FORM["content-type"], { access_token: "abc", expires: "60" }]]);
  });

  it("may correct a response before it is validated", async () => {
    client = endpoint.client({
      hooks: {
        tokenResponse: (value) => ({
          ...value,
          status: 200,
          body: { access_token: (value.body["data"] as { token: string }).token },
        }),
      },
    });
    endpoint.answer({ status: 201, body: { data: { token: "inner" } } });
    expect((await signIn(client)).accessToken).toBe("inner");
  });

  it("may have the token requested with GET", async () => {
    client = endpoint.client({
      hooks: { tokenRequest: (value) => ({ ...value, method: "GET" }) },
    });
    expect((await signIn(client)).accessToken).toBe(CANARY.accessToken);
    const [sent] = endpoint.requests;
    expect(sent).toMatchObject({ method: "GET", body: "" });
    expect(new URL(sent?.url as string, "http://x").searchParams.get("code")).toBe(CANARY.code);
  });

  it("may have it requested with GET of a URL that has a query", async () => {
    client = endpoint.client({
      hooks: {
        tokenRequest: (value) => ({ ...value, method: "GET", url: `${value.url}?version=1` }),
      },
    });
    await signIn(client);
    expect(endpoint.requests[0]?.url).toMatch(/^\/token\?version=1&/);
  });

  it("show no secret of a failed GET", async () => {
    client = endpoint.client({
      hooks: { tokenRequest: (value) => ({ ...value, method: "GET" }) },
    });
    for (const answer of ["cut", { status: 302, headers: { location: "/" } }, {}] as const) {
      endpoint.answer(answer);
      expect(isOAuthError(await rejectionOf(signIn(client)))).toBe(true);
    }
  });
});

/** Waits until the sockets of this machine are idle. */
async function pause(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
