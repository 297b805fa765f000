import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import axios, { type AxiosError } from "axios";
import {
  ConfigurationError,
  defineProvider,
  isOAuthError,
  OAuth2Client,
  OAuthError,
  privateKeyJwt,
  Token,
  TokenExpiredError,
  TokenUpdated,
} from "@grantkit/core";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";
import { checkEveryError } from "./support/no-canary-in-errors.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { until } from "./support/turns.ts";

let example: ExampleProvider;
beforeAll(async () => {
  example = await ExampleProvider.start();
});
afterAll(() => example.close());

const stored = {
  accessToken: CANARY.accessToken,
  refreshToken: CANARY.refreshToken,
  idToken: `h.${CANARY.idToken}.s`,
};

describe("no secret leaves a session in an error", () => {
  it.each(["header", "query", "body"] as const)(
    "that comes from an API which echoes what it was sent (%s)",
    async (tokenPlacement) => {
      const session = example
        .client({ clientSecret: CANARY.clientSecret })
        .session(example.grant(stored), { tokenPlacement });
      example.api = ({ url, headers, body }) => ({
        status: 400,
        headers: { "x-echo": `${headers.authorization ?? ""} ${url}`, location: url },
        body: { error: `you sent ${url} ${JSON.stringify(headers)} ${body}` },
      });
      const error = await rejectionOf(session.post("/x", new URLSearchParams({ a: "1" })));
      expect(axios.isAxiosError(error)).toBe(true);
      expectNoCanary(error);
      example.api = () => "cut";
      expectNoCanary(await rejectionOf(session.post("/x", new URLSearchParams({ a: "1" }))));
    },
  );

  it("that comes from a network failure", async () => {
    const gone = await ExampleProvider.start();
    const session = gone.client().session(Token.from(stored), { tokenPlacement: "query" });
    await gone.close();
    const first = await rejectionOf(session.get("/x"));
    expect(first).toMatchObject({ isAxiosError: true, code: "ECONNREFUSED" });
    const second = await rejectionOf(session.fetch("/x"));
    expect(second).toMatchObject({
      code: "NETWORK_ERROR",
      details: { networkCode: "ECONNREFUSED" },
    });
  });

  it.each(["http", "fetch"] as const)(
    "whose answer repeats it in a list of headers, in its reason and in bytes (%s)",
    async (adapter) => {
      example.api = ({ headers }, response) => {
        const sent = String(headers.authorization);
        response.statusMessage = `no ${sent}`;
        response.setHeader("set-cookie", ["a=1", `b=${sent}`]);
        return { status: 400, body: `[${sent}]` };
      };
      const session = example.client({ http: { adapter } }).session(example.grant(stored));
      const error = await rejectionOf(session.get("/x", { responseType: "arraybuffer" }));
      const { data } = (error as AxiosError<ArrayBuffer>).response ?? {};
      const text = Buffer.from(data ?? new ArrayBuffer(0)).toString();
      expect(text).toBe(`[Bearer ${"*".repeat(CANARY.accessToken.length)}]`);
      const { headers, statusText } = (error as AxiosError).response ?? {};
      expect(statusText).toBe("no Bearer [redacted]");
      if (adapter === "http") {
        expect(headers?.["set-cookie"]).toEqual(["a=1", "b=Bearer [redacted]"]);
      }
    },
  );

  it("that comes from an adapter whose error holds the request", async () => {
    const session = example
      .client({
        http: {
          adapter: (config) => {
            throw Object.assign(new Error(`failed: ${JSON.stringify(config.headers)}`), { config });
          },
        },
      })
      .session(Token.from(stored));
    await rejectionOf(session.get("/x"));
  });

  it("that is about the user info", async () => {
    example.api = () => ({
      status: 403,
      body: { error: "no", error_description: CANARY.accessToken },
    });
    const error = await rejectionOf(example.client().session(example.grant(stored)).profile());
    expect(error).toMatchObject({ code: "API_REQUEST_FAILED", status: 403, error: "no" });
  });
});

describe("no secret leaves a token request in an error", () => {
  it("whose answer echoes the request", async () => {
    const client = example.client({ clientSecret: CANARY.clientSecret });
    for (const clientAuthentication of ["post", "basic"] as const) {
      example.token = ({ body, headers }) => ({
        status: 400,
        body: {
          error: "invalid_grant",
          error_description: `${body} ${headers.authorization ?? ""}`,
          error_uri: `https://id.example.com/?${body}`,
          trace_id: body,
        },
      });
      const own = example.client({ clientSecret: CANARY.clientSecret, clientAuthentication });
      const request = await own.authorizationRequest();
      const error = await rejectionOf(
        own.fetchToken(callbackOf(request, { code: CANARY.code }), request),
      );
      expect(error).toMatchObject({ code: "INVALID_GRANT", status: 400 });
      expectNoCanary(error, request.codeVerifier, request.state);
    }
    await rejectionOf(client.refreshToken(stored));
  });

  it("whose answer has the request itself as error code", async () => {
    example.token = ({ body }) => ({ status: 400, body: { error: body } });
    const client = example.client({ clientSecret: CANARY.clientSecret });
    const error = await rejectionOf(client.refreshToken(stored));
    expect(error).toMatchObject({ code: "PROVIDER_ERROR" });
    expect((error as OAuthError).error).toContain("refresh_token=[redacted]");
  });

  const OWN = "canary-of-the-caller-s-own-field";

  it.each<[string, () => Promise<unknown>]>([
    [
      "a client authentication of its own, in a header",
      () =>
        example
          .client({ clientAuthentication: ({ headers }) => headers.set("x-api-key", OWN) })
          .fetchClientCredentialsToken(),
    ],
    [
      "a client authentication of its own, in the form",
      () =>
        example
          .client({ clientAuthentication: ({ form }) => form.set("app_secret", OWN) })
          .fetchClientCredentialsToken(),
    ],
    [
      "a hook",
      () =>
        example
          .client({
            hooks: {
              tokenRequest: (value) => ({ ...value, body: { ...value.body, session_token: OWN } }),
            },
          })
          .fetchClientCredentialsToken(),
    ],
    [
      "a further parameter",
      () => example.client().fetchClientCredentialsToken({ parameters: { otp_token: ["x", OWN] } }),
    ],
    [
      "a hint in a pushed authorization request",
      () => {
        const endpoints = {
          authorization: `${example.origin}/authorize`,
          token: `${example.origin}/token`,
          pushedAuthorization: `${example.origin}/token/pushed`,
        };
        const client = example.client({}, { endpoints });
        const parameters = { id_token_hint: OWN };
        return client.authorizationRequest({ pushed: true, parameters });
      },
    ],
  ])("whose answer echoes what was put in by %s", async (_name, call) => {
    let sent = "";
    example.token = ({ body, headers }) => {
      sent = JSON.stringify([headers["x-api-key"], body]);
      const { state = "" } = Object.fromEntries(new URLSearchParams(body));
      const shown = [OWN, state].filter((secret) => sent.includes(secret)).join(" ");
      return {
        status: 400,
        body: { error: "invalid_request", error_description: shown, trace_id: sent },
      };
    };
    const error = await rejectionOf(call());
    expect(error).toMatchObject({ code: "INVALID_REQUEST" });
    expect((error as OAuthError).errorDescription).toMatch(/^(?:\[redacted\] ?)+$/);
    expect(sent).toContain(OWN);
    expectNoCanary(error, OWN);
  });

  it("whose password has half a surrogate pair, which no URL can encode", async () => {
    example.token = ({ body }) => ({
      status: 400,
      body: { error: "invalid_grant", error_description: body },
    });
    const password = "canary-\ud83d-password";
    const error = await rejectionOf(
      example.client().fetchPasswordToken({ username: "u", password }),
    );
    expect(error).toMatchObject({ code: "INVALID_GRANT" });
    expectNoCanary(error, "canary-\ufffd-password");
  });

  it("that is cut, or whose answer is malformed and holds tokens", async () => {
    const client = example.client({ clientSecret: CANARY.clientSecret });
    for (const answer of [
      "cut" as const,
      { body: `<html>${CANARY.accessToken}</html>`, headers: { "content-type": "text/html" } },
      { body: { access_token: CANARY.accessToken, token_type: "never" } },
      { body: { access_token: `${CANARY.accessToken}\r\nX: y`, token_type: "bearer" } },
      { status: 302, headers: { location: `https://evil.example/?t=${CANARY.accessToken}` } },
    ]) {
      example.token = () => answer;
      const request = await client.authorizationRequest();
      const error = await rejectionOf(
        client.fetchToken(callbackOf(request, { code: CANARY.code }), request),
      );
      expect(isOAuthError(error)).toBe(true);
      expectNoCanary(error, request.codeVerifier);
    }
  });
});

describe("printing shows no secret of", () => {
  const token = Token.from({ ...stored, scope: ["read"], raw: { extra: CANARY.userData } });

  it("a token, except by JSON.stringify", () => {
    for (const text of [inspect(token, { depth: 10, showHidden: true }), String(token)]) {
      expect(text).toBe("Token(bearer, scope: read)");
    }
    expect(Object.keys(token)).toEqual([]);
    expect(inspect(Object.assign({}, token))).toBe("{}");
    expectNoCanary(structuredClone(token));
    expect(JSON.stringify(token)).toContain(CANARY.refreshToken);
  });

  it("a client and a session", () => {
    const client = example.client({ clientSecret: CANARY.clientSecret });
    for (const value of [client, client.session(token)]) {
      expect(inspect(value, { depth: 10, showHidden: true })).not.toMatch(/canary/i);
      expect(JSON.stringify(value)).not.toMatch(/canary/i);
    }
  });

  it("a provider whose clients authenticate with a key", () => {
    const definition = {
      name: "example",
      endpoints: { token: "https://id.example.com/token" },
      clientAuthentication: privateKeyJwt({ key: CANARY.clientSecret, keyId: "2026" }),
    };
    const client = new OAuth2Client(defineProvider(definition), { clientId: "client" });
    for (const text of [inspect(client, { depth: 10 }), JSON.stringify(client)]) {
      expect(text).toContain("2026");
      expect(text).not.toContain(CANARY.clientSecret);
    }
  });

  it("the error that holds a new token", () => {
    const error = new TokenUpdated("example", token);
    expect(error.token).toBe(token);
    expectNoCanary(error);
  });
});

describe("the check of every error that a test provokes", () => {
  const secret = { provider: CANARY.clientSecret };

  it("finds an error that nobody looks at, of any class", () => {
    for (const provoke of [
      () => new OAuthError("INVALID_GRANT", "message", secret),
      () => new OAuthError("INVALID_GRANT", `a ${encodeURIComponent(CANARY.code)} b`),
      () => new ConfigurationError("x", [CANARY.refreshToken]),
      () => new TokenExpiredError("x", btoa(`id:${CANARY.clientSecret}`)),
    ]) {
      provoke();
      expect(checkEveryError).toThrow(/a secret is in an error/);
      expect(checkEveryError).not.toThrow();
    }
  });

  it("looks for the tokens that a test has made, and in axios errors that leave a session", async () => {
    const token = Token.from({ accessToken: "a-token-of-this-test" });
    expect(new OAuthError("INVALID_GRANT", `was ${token.accessToken}`).retryable).toBe(false);
    expect(checkEveryError).toThrow(/a-token-of-this-test/);
    example.api = () => ({ status: 400, body: { shown: CANARY.userData } });
    example.accepted.add(CANARY.accessToken);
    await expect(example.client().session(stored).get("/x")).rejects.toThrow("400");
    expect(checkEveryError).toThrow(CANARY.userData);
  });
});

describe("an OAuthError", () => {
  it("has a name, a code and the fields of the answer, also as JSON", () => {
    const error = new OAuthError("INVALID_GRANT", "message", {
      provider: "example",
      status: 400,
      error: "bad",
      retryAfter: 3,
    });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: "OAuthError",
      message: "message",
      code: "INVALID_GRANT",
      retryable: false,
      provider: "example",
      status: 400,
      error: "bad",
      retryAfter: 3,
    });
    expect(new TokenExpiredError("x", "y").name).toBe("TokenExpiredError");
    expect(new ConfigurationError("x", ["y"]).name).toBe("ConfigurationError");
    expect(String(error)).toBe("OAuthError: message");
  });

  it("is recognized across two copies of the package, and nothing else is", () => {
    const brand = Symbol.for("@grantkit/core/OAuthError");
    class OAuthErrorOfAnotherCopy extends Error {}
    Object.defineProperty(OAuthErrorOfAnotherCopy.prototype, brand, { value: true });
    expect(isOAuthError(new OAuthErrorOfAnotherCopy())).toBe(true);
    for (const other of [new Error("x"), { code: "INVALID_GRANT" }, null, undefined, "x"]) {
      expect(isOAuthError(other)).toBe(false);
    }
  });

  it("has different codes for a timeout and a network failure of the token endpoint", async () => {
    const clock = new FakeClock();
    const before = example.tokenRequests.length;
    example.token = () => "hang";
    const failing = rejectionOf(example.client({ clock }).refreshToken(stored));
    await clock.scheduled();
    await until(() => example.tokenRequests.length === before + 1);
    clock.advance(10_000);
    expect(await failing).toMatchObject({ code: "TIMEOUT", retryable: true });
    expect(example.tokenRequests).toHaveLength(before + 1);
  });
});
