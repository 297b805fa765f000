import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type ApiHeadersFunction,
  ConfigurationError,
  type OAuth2ClientOptions,
  type OAuth2Session,
  Token,
} from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { LoopbackServer } from "./support/loopback-server.ts";

let api: LoopbackServer;
let other: LoopbackServer;
let example: ExampleProvider;

beforeAll(async () => {
  api = await LoopbackServer.start();
  other = await LoopbackServer.start(() => ({ body: {} }));
  example = await ExampleProvider.start();
});
beforeEach(() => {
  api.requests.length = 0;
  other.requests.length = 0;
  // As Twitch: a request without the client's ID is refused, whatever its token.
  api.answer = ({ headers }) =>
    headers["client-id"] === "my-client-id"
      ? { body: { id: "7" } }
      : { status: 401, body: { message: "Client-Id header required" } };
});
afterAll(() => Promise.all([api.close(), other.close(), example.close()]));

const TWITCH: ApiHeadersFunction = ({ clientId }) => ({ "Client-Id": clientId });

function session(headers: unknown, options: Partial<OAuth2ClientOptions> = {}): OAuth2Session {
  const definition = {
    api: { baseUrl: `${api.origin}/helix`, headers: headers as ApiHeadersFunction },
  };
  const client = example.client({ clientId: "my-client-id", ...options }, definition);
  return client.session(Token.from({ accessToken: "at-twitch-0001" }));
}

describe("API headers that a function makes from the client", () => {
  it("are in every request of every kind, user info included", async () => {
    const of = session(TWITCH);
    await of.get("/users");
    await of.fetch("/users");
    await (await of.axios()).get("/users");
    await session(TWITCH, { http: {} }).fetch("/users");
    expect(await of.userInfo()).toEqual({ id: "7" });
    expect(api.requests.map(({ headers }) => headers["client-id"])).toEqual(
      Array.from({ length: 5 }, () => "my-client-id"),
    );
  });

  it("are made once for each client", async () => {
    const asked: string[] = [];
    const make: ApiHeadersFunction = ({ clientId }) => {
      asked.push(clientId);
      return { "Client-Id": clientId };
    };
    const of = session(make);
    await of.get("/users");
    await of.fetch("/users");
    session(make, { clientId: "another" });
    expect(asked).toEqual(["my-client-id", "another"]);
  });

  it("are removed from what goes elsewhere", async () => {
    api.answer = () => ({ status: 302, headers: { location: `${other.origin}/elsewhere` } });
    const of = session(TWITCH);
    await of.get("/users");
    await of.fetch("/users");
    await of.get(`${other.origin}/own`, { withholdToken: true });
    expect(other.requests.map(({ headers }) => headers["client-id"])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each<[string, unknown]>([
    ["nothing", () => undefined],
    ["a promise", () => Promise.resolve({})],
    ["a number", () => ({ "Client-Id": 7 })],
    ["a line break", () => ({ "Client-Id": "a\r\nEvil: 1" })],
    ["a bad name", () => ({ "Client Id": "a" })],
  ])("are refused when the client is made, if the function returns %s", (_name, make) => {
    expect(() => session(make)).toThrow(ConfigurationError);
    expect(() => session(make)).toThrow(/api\.headers\(\)/);
  });

  it("are refused in a definition if they are no headers", () => {
    expect(() => session({ "Client-Id": 7 })).toThrow(/api\.headers must be/);
  });
});
