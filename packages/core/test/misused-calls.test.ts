// Mistakes that people make with the calls of a client, each answered by a sentence that says what to do instead.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type AuthorizationRequest, ConfigurationError, type OAuth2Client } from "@grantkit/core";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";
import { thrown } from "./support/thrown.ts";

let example: ExampleProvider;
let client: OAuth2Client;
let request: AuthorizationRequest;
let callback: string;

beforeAll(async () => {
  example = await ExampleProvider.start();
});
afterAll(() => example.close());
beforeEach(async () => {
  client = example.client();
  request = await client.authorizationRequest();
  callback = callbackOf(request);
});

/** A request as Express has it. */
function expressRequest(): IncomingMessage & { query: object } {
  const query = Object.fromEntries(new URL(callback, "http://localhost").searchParams);
  const incoming = new IncomingMessage(new Socket());
  return Object.assign(incoming, { method: "GET", url: callback, query });
}

async function problemOf(work: () => unknown): Promise<string> {
  const error = await thrown(Promise.resolve().then(work));
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.code).toBe("CONFIGURATION_INVALID");
  const { problems } = error as ConfigurationError;
  expect(problems).toHaveLength(1);
  expect(example.tokenRequests).toEqual([]);
  return problems[0] as string;
}

const fetchToken = (...values: unknown[]): Promise<string> =>
  problemOf(() => client.fetchToken(values[0] as never, values[1] as never));

describe("fetchToken(callback, request)", () => {
  it("with its arguments in the wrong order", async () => {
    const sentence =
      "the arguments are in the wrong order: the callback comes first, and then what authorizationRequest() returned";
    for (const swapped of [
      callback,
      new URL(callback, "https://app.example.com"),
      new URLSearchParams(callback.split("?")[1]),
      new Request(`https://app.example.com${callback}`),
      expressRequest(),
      expressRequest().query,
      undefined,
    ]) {
      expect(await fetchToken(request, swapped)).toBe(sentence);
    }
  });

  it("with the authorization request twice", async () => {
    expect(await fetchToken(request, request)).toMatch(
      /^the callback is the authorization request too: pass what came back from the provider/,
    );
  });

  it("with the request of HTTP, or a URL, in the place of the authorization request", async () => {
    const http = [expressRequest(), new Request("https://app.example.com/")];
    for (const wrong of [...http, new URL(request.url), new URLSearchParams("a=b")]) {
      expect(await fetchToken(callback, wrong)).toMatch(
        /^request is (?:the request of HTTP|a URL), and not what authorizationRequest\(\) returned: keep that in the user's session/,
      );
    }
  });

  it("with a part of the authorization request", async () => {
    for (const part of [request.url, request.state, request.codeVerifier]) {
      expect(await fetchToken(callback, part)).toBe(
        "request is a string: keep the whole object that authorizationRequest() returned, not its url or its state alone",
      );
    }
    expect(await fetchToken(callback, JSON.stringify(request))).toMatch(/JSON\.parse it first/);
  });

  it("with the user's session, in which the authorization request is", async () => {
    expect(await fetchToken(callback, { cookie: {}, signIn: request })).toBe(
      "request is not what authorizationRequest() returned, but its field signIn is: pass that",
    );
    expect(await fetchToken(callback, { cookie: {} })).toMatch(
      /^request has none of the fields of an authorization request: pass what authorizationRequest\(\) returned/,
    );
  });

  it("with a promise as the callback, as Next.js has searchParams", async () => {
    expect(await fetchToken(Promise.resolve({ code: "x" }), request)).toBe(
      "the callback is a promise: await it",
    );
  });

  it("with the context of a framework as the callback", async () => {
    const web = new Request(`https://app.example.com${callback}`);
    class Context {
      readonly req: object;
      constructor(req: object) {
        this.req = req;
      }
    }
    for (const context of [
      { request: web, params: {} },
      { req: expressRequest(), res: {} },
      new Context({ raw: web, method: "GET", url: web.url }),
    ]) {
      expect(await fetchToken(context, request)).toBe(
        "the callback is a framework's context: pass the request in it (c.req.raw in Hono, ctx.req in Koa, event.request in SvelteKit)",
      );
    }
  });

  it("with an event of AWS Lambda as the callback", async () => {
    const queryStringParameters = expressRequest().query;
    for (const event of [
      { httpMethod: "GET", path: "/callback", headers: {}, queryStringParameters },
      { rawPath: "/callback", requestContext: { http: {} }, queryStringParameters },
    ]) {
      expect(await fetchToken(event, request)).toBe(
        "the callback is an event of AWS Lambda: pass event.queryStringParameters",
      );
    }
  });

  it.each(["req", "request", "queryStringParameters", "then", "issuedAt"])(
    "and a callback whose query has %s is read as any other",
    async (name) => {
      const { query } = expressRequest();
      const token = await client.fetchToken(
        { ...query, [name]: { url: "/", method: "GET" } },
        request,
      );
      expect(token.accessToken).toBe("at-first-0001");
      example.server.requests.length = 0;
    },
  );

  it("takes both the request and its query, and says which one a posted form needs", async () => {
    for (const each of [expressRequest(), expressRequest().query]) {
      await client.fetchToken(each as never, await renewed());
    }
    example.server.requests.length = 0;
    const error = await thrown(client.fetchToken({}, request));
    expect(error.code).toBe("CALLBACK_INVALID");
    expect(error.message).toMatch(/form_post\) pass the request or its body, not its query/);
  });

  it("tokenFromFragment() has the same sentences", async () => {
    const implicit = await client.authorizationRequest({ responseType: "token" });
    expect(
      await problemOf(() => client.tokenFromFragment(implicit as never, "#a" as never)),
    ).toMatch(/wrong order/);
  });
});

/** The authorization request of this test's callback. */
function renewed(): Promise<AuthorizationRequest> {
  return Promise.resolve(request);
}

describe("authorizationRequest(options)", () => {
  const problem = (options: object): Promise<string> =>
    problemOf(() => client.authorizationRequest(options));

  it.each([
    ["prompt", "prompt"],
    ["login_hint", "login_hint"],
    ["loginHint", "login_hint"],
    ["access_type", "access_type"],
    ["accessType", "access_type"],
    ["acr_values", "acr_values"],
    ["uiLocales", "ui_locales"],
    ["audience", "audience"],
    ["display", "display"],
  ])("with the parameter %s beside the options", async (name, parameter) => {
    expect(await problem({ [name]: "canary" })).toBe(
      `${name} is a parameter of the provider: pass it as parameters: { ${parameter}: … }`,
    );
  });

  it.each(["state", "nonce", "code_challenge", "codeChallenge", "client_id"])(
    "with %s, which the client sets itself",
    async (name) => {
      expect(await problem({ [name]: "canary" })).toBe(`${name} is set by the client itself`);
    },
  );

  it("with the request of HTTP", async () => {
    expect(await problem(expressRequest())).toBe(
      "the options are a request of HTTP: pass { scope, … }, or nothing",
    );
  });

  it("with any other name", async () => {
    expect(await problem({ scopes: ["a"] })).toBe("scopes is not an option; did you mean scope?");
    expect(await problem({ color: "red" })).toMatch(
      /^color is not an option; the options are scope, .*parameters$/,
    );
  });

  it("and a provider that reads prompt by itself still gets it", async () => {
    const reading = example.client(
      {},
      {
        authorizationOptions: ["prompt"],
        authorizationParameters: ({ prompt }: { prompt?: string }) => ({ prompt }),
      },
    );
    const { url } = await reading.authorizationRequest({ prompt: "login" } as object);
    expect(new URL(url).searchParams.get("prompt")).toBe("login");
  });
});
