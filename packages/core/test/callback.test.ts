import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import {
  type AuthorizationRequest,
  type CallbackInput,
  isOAuthError,
  type OAuthError,
  type OAuth2Client,
} from "@grantkit/core";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";

let example: ExampleProvider;
let client: OAuth2Client;
let clock: FakeClock;

beforeAll(async () => {
  example = await ExampleProvider.start();
  clock = new FakeClock();
  client = example.client({ clock }, { issuer: "https://id.example.com" });
});
afterEach(() => {
  example.server.requests.length = 0;
});
afterAll(() => example.close());

/** The error of a callback that must not reach the token endpoint. */
async function refused(
  callback: CallbackInput,
  request: AuthorizationRequest,
  by: OAuth2Client = client,
): Promise<OAuthError> {
  const error: unknown = await by.fetchToken(callback, request).catch((thrown: unknown) => thrown);
  if (!isOAuthError(error)) throw new Error("it was accepted");
  expect(example.tokenRequests).toHaveLength(0);
  return error;
}

const FORM = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };

function formDataOf(query: string): FormData {
  const form = new FormData();
  for (const [name, value] of new URLSearchParams(query)) form.append(name, value);
  return form;
}

describe("a good callback", () => {
  const forms: [string, (query: string) => CallbackInput][] = [
    ["an absolute URL", (query) => `https://app.example.com/callback?${query}`],
    ["a path", (query) => `/callback?${query}`],
    ["a query", (query) => `?${query}`],
    ["a URL", (query) => new URL(`https://app.example.com/callback?${query}`)],
    ["URLSearchParams", (query) => new URLSearchParams(query)],
    ["a query without its question mark", (query) => query],
    ["a query without its question mark, and a fragment", (query) => `${query}#_=_`],
    ["a parsed query", (query) => Object.fromEntries(new URLSearchParams(query))],
    [
      "a parsed query without a prototype",
      (query) =>
        Object.assign(
          Object.create(null) as object,
          Object.fromEntries(new URLSearchParams(query)),
        ),
    ],
    ["a form", (query) => formDataOf(query)],
    [
      "a GET of Node's",
      (query) => ({ method: "GET", url: `/callback?${query}`, headers: { host: "app" } }),
    ],
    ...[
      (query: string) => Object.fromEntries(new URLSearchParams(query)),
      (query: string) => query,
      (query: string) => Buffer.from(query),
      (query: string) => new URLSearchParams(query),
    ].map((parse, index): [string, (query: string) => CallbackInput] => [
      `a POST of Node's with a parsed body, kind ${index + 1}`,
      (query) => ({ method: "POST", url: "/callback", headers: FORM, body: parse(query) }),
    ]),
    ["a GET request", (query) => new Request(`https://app.example.com/callback?${query}`)],
    [
      "a form_post request",
      (query) =>
        new Request("https://app.example.com/callback", {
          method: "POST",
          body: new URLSearchParams(query),
        }),
    ],
  ];

  it.each(forms)("is accepted as %s", async (_name, make) => {
    const request = await client.authorizationRequest();
    const query = callbackOf(request).split("?")[1] as string;
    const token = await client.fetchToken(make(query), JSON.parse(JSON.stringify(request)));
    expect(token.accessToken).toBe("at-first-0001");
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("sends code, verifier and the redirect URI byte for byte", async () => {
    const request = await client.authorizationRequest();
    await client.fetchToken(callbackOf(request, { code: "4/0A+b c" }), request);
    expect(Object.fromEntries(new URLSearchParams(example.tokenRequests[0]?.body))).toEqual({
      grant_type: "authorization_code",
      code: "4/0A+b c",
      code_verifier: request.codeVerifier,
      redirect_uri: "https://app.example.com/callback?tenant=a%20b",
      client_id: "client-id",
      client_secret: "client-secret-canary",
    });
  });

  it("may have the right iss and unknown parameters", async () => {
    const request = await client.authorizationRequest();
    const callback = callbackOf(request, { iss: "https://id.example.com", authuser: "0" });
    await expect(client.fetchToken(callback, request)).resolves.toBeDefined();
  });
});

describe("a callback is refused, and nothing is sent, when it", () => {
  it.each(["code", "state", "iss", "error"])("repeats %s", async (name) => {
    const request = await client.authorizationRequest();
    const value = name === "state" ? request.state : "x";
    const error = await refused(`${callbackOf(request, { [name]: value })}&${name}=x`, request);
    expect(error.code).toBe("CALLBACK_INVALID");
    expect(error.message).toContain(name);
  });

  it.each([
    ["no state", ""],
    ["another state", "&state=attacker"],
    ["a state that only begins alike", "&state=PREFIX"],
  ])("has %s", async (_name, state) => {
    const request = await client.authorizationRequest();
    const query = `code=x${state.replace("PREFIX", request.state.slice(0, 42))}`;
    expect((await refused(`?${query}`, request)).code).toBe("STATE_MISMATCH");
  });

  it("has a wrong iss", async () => {
    const request = await client.authorizationRequest();
    for (const iss of ["https://evil.example", "https://id.example.com/", ""]) {
      expect((await refused(callbackOf(request, { iss }), request)).code).toBe("ISSUER_MISMATCH");
    }
  });

  it("has no iss though the provider always sends one", async () => {
    const strict = example.client(
      { clock },
      { issuer: "https://a.example", issuerInCallback: true },
    );
    const request = await strict.authorizationRequest();
    expect((await refused(callbackOf(request), request, strict)).code).toBe("ISSUER_MISMATCH");
  });

  it("says access_denied: the description is cut to one line and secrets are redacted", async () => {
    const request = await client.authorizationRequest();
    const error = await refused(
      callbackOf(request, {
        error: "access_denied",
        error_description: `no\r\nFAKE LOG LINE ${request.codeVerifier}`,
        error_reason: "user_denied",
      }),
      request,
    );
    expect(error).toMatchObject({
      code: "ACCESS_DENIED",
      error: "access_denied",
      errorDescription: "no FAKE LOG LINE [redacted]",
      details: { error_reason: "user_denied" },
    });
  });

  it("has an error and a wrong state: the code is STATE_MISMATCH and the error is not passed on", async () => {
    const request = await client.authorizationRequest();
    const error = await refused("?error=access_denied&state=bad", request);
    expect(error.code).toBe("STATE_MISMATCH");
    expect(error.error).toBeUndefined();
  });

  it("has an error that no specification defines", async () => {
    const request = await client.authorizationRequest();
    const error = await refused(callbackOf(request, { error: "redirect_uri_mismatch" }), request);
    expect(error).toMatchObject({ code: "PROVIDER_ERROR", error: "redirect_uri_mismatch" });
  });

  it.each(["login_required", "interaction_required", "consent_required"])(
    "says that the user has to interact: %s",
    async (word) => {
      const request = await client.authorizationRequest();
      const error = await refused(callbackOf(request, { error: word }), request);
      expect(error.code).toBe("INTERACTION_REQUIRED");
    },
  );

  it("has no code, or an empty one", async () => {
    const request = await client.authorizationRequest();
    expect((await refused(`?state=${request.state}`, request)).code).toBe("CODE_MISSING");
    expect((await refused(callbackOf(request, { code: "" }), request)).code).toBe("CODE_MISSING");
  });

  it.each(["access_token", "id_token"])(
    "has %s in the query or the fragment, with or without a code",
    async (name) => {
      const request = await client.authorizationRequest();
      const withCode = callbackOf(request);
      for (const callback of [withCode, `/callback?state=${request.state}`]) {
        for (const separator of ["&", "#"]) {
          const answer = `${callback}${separator}${name}=evil`;
          expect((await refused(answer, request)).code).toBe("CALLBACK_INVALID");
        }
      }
      const url = new URL(`https://app.example.com${withCode}#${name}=evil`);
      expect((await refused(url, request)).code).toBe("CALLBACK_INVALID");
    },
  );

  it.each([60_001, 5 * 60_000, 20 * 60_000, Number.MAX_SAFE_INTEGER])(
    "comes %d ms before the authorization request was made, by this machine's clock",
    async (milliseconds) => {
      const request = await client.authorizationRequest();
      const future = { ...request, issuedAt: request.issuedAt + milliseconds };
      const error = await refused(callbackOf(request), future);
      expect(error.code).toBe("AUTHORIZATION_REQUEST_EXPIRED");
      expect(error.message).toContain("clocks of your servers");
    },
  );

  it("may come up to a minute before, because the clocks of two servers differ", async () => {
    const request = await client.authorizationRequest();
    const ahead = { ...request, issuedAt: request.issuedAt + 60_000 };
    expect((await client.fetchToken(callbackOf(request), ahead)).accessToken).toBe("at-first-0001");
  });

  it("comes more than ten minutes after the authorization request", async () => {
    const request = await client.authorizationRequest();
    clock.advance(10 * 60_000 + 1);
    expect((await refused(callbackOf(request), request)).code).toBe(
      "AUTHORIZATION_REQUEST_EXPIRED",
    );
    const fresh = await client.authorizationRequest();
    clock.advance(10 * 60_000);
    await expect(client.fetchToken(callbackOf(fresh), fresh)).resolves.toBeDefined();
  });

  it("answers a request of another provider", async () => {
    const other = example.client({ clock }, { name: "other" });
    const request = await other.authorizationRequest();
    expect((await refused(callbackOf(request), request)).code).toBe("PROVIDER_MISMATCH");
  });

  it("is checked against a value that is not an authorization request", async () => {
    const request = await client.authorizationRequest();
    for (const broken of [
      undefined,
      null,
      {},
      { ...request, state: "" },
      { ...request, codeVerifier: 1 },
    ]) {
      const error = await refused(callbackOf(request), broken as never);
      expect(error.code).toBe("CONFIGURATION_INVALID");
    }
  });

  it("is checked against a request that was not parsed, was not awaited or is missing, each with a message of its own", async () => {
    const request = await client.authorizationRequest();
    const cases: [unknown, RegExp][] = [
      [JSON.stringify(request), /JSON\.parse it first/],
      [Promise.resolve(request), /await authorizationRequest/],
      [undefined, /no sign-in under way/],
    ];
    for (const [misused, message] of cases) {
      expect((await refused(callbackOf(request), misused as never)).message).toMatch(message);
    }
    expect(() => client.session(Promise.resolve() as never)).toThrow(/has to be awaited/);
  });

  it("says redirect_uri_mismatch: the message names the redirect URI to register", async () => {
    const request = await client.authorizationRequest();
    const error = await refused(callbackOf(request, { error: "redirect_uri_mismatch" }), request);
    expect(error.message).toContain(`This client sent ${request.redirectUri}: register it`);
  });

  it("is a POST of JSON, a PUT, a form of more than 64 KB, or no callback at all", async () => {
    const request = await client.authorizationRequest();
    const url = "https://app.example.com/callback";
    const json = new Request(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code: "x", state: request.state }),
    });
    const put = new Request(url, { method: "PUT", body: new URLSearchParams({ code: "x" }) });
    const huge = new Request(url, {
      method: "POST",
      body: new URLSearchParams({ state: request.state, code: "x".repeat(70_000) }),
    });
    for (const callback of [json, put, huge, 42, null]) {
      expect((await refused(callback as never, request)).code).toBe("CALLBACK_INVALID");
    }
  });

  it("has a wrong state in a Request whose URL is a path only, as in some frameworks", async () => {
    const request = await client.authorizationRequest();
    const asked = (url: string) => ({ method: "GET", url, headers: new Headers() }) as Request;
    const wrong = await refused(asked("/callback?code=x&state=another"), request);
    expect(wrong.code).toBe("STATE_MISMATCH");
    expect((await refused(asked("http://"), request)).code).toBe("CALLBACK_INVALID");
  });

  it("is a form whose body was already read, is locked or breaks off", async () => {
    const request = await client.authorizationRequest();
    const form = (body: RequestInit["body"]): Request =>
      new Request("https://app.example.com/callback", {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: body ?? "",
        duplex: "half",
      });
    const read = form("code=x");
    await read.text();
    const locked = form("code=x");
    locked.body?.getReader();
    const broken = form(
      new ReadableStream({
        pull(controller) {
          controller.error(new Error("connection lost"));
        },
      }),
    );
    for (const callback of [read, locked, broken]) {
      expect((await refused(callback, request)).code).toBe("CALLBACK_INVALID");
    }
  });

  it("has an error and tokens, which the error does not show", async () => {
    const request = await client.authorizationRequest();
    const error = await refused(
      callbackOf(request, {
        error: "server_error",
        access_token: "leak",
        id_token: "leak",
        tid: "7",
      }),
      request,
    );
    expect(error).toMatchObject({ code: "SERVER_ERROR", details: { tid: "7" } });
    expect(JSON.stringify(error)).not.toContain("leak");
  });
});

describe("a code exchange that cannot connect", () => {
  it("fails with a retryable NETWORK_ERROR: the code was not used", async () => {
    const gone = await ExampleProvider.start();
    const unreachable = gone.client({ clock });
    await gone.close();
    const request = await unreachable.authorizationRequest();
    const failing = unreachable.fetchToken(callbackOf(request), request);
    await expect(failing).rejects.toMatchObject({
      code: "NETWORK_ERROR",
      retryable: true,
      details: { networkCode: "ECONNREFUSED" },
      message: expect.not.stringContaining("ambiguous"),
    });
  });
});
