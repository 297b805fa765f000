import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type ApiReader,
  defineProvider,
  type ProviderDefinition,
  type Token,
} from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import type { Answer, ReceivedRequest } from "./support/loopback-server.ts";
import { thrown } from "./support/thrown.ts";

let example: ExampleProvider;
let token: Token;

beforeAll(async () => {
  example = await ExampleProvider.start();
  token = example.grant({ accessToken: "at-user-0001" });
});
beforeEach(() => {
  example.server.requests.length = 0;
});
afterAll(() => example.close());

/** An API that refuses what is not exactly the request that its documentation asks for. */
function insistOn(
  accepts: (request: ReceivedRequest) => boolean,
  user: unknown = { id: "7" },
): void {
  example.api = (request): Answer =>
    accepts(request) ? { body: user } : { status: 400, body: { error_summary: "bad request" } };
}

const userOf = (definition: Partial<ProviderDefinition>, http: object = {}) =>
  example.client(http, definition).userInfo(token);

const ways = [{}, { http: {} }] as const;

describe.each(ways)("user info by POST, with the client options %j", (options) => {
  it("has no body and no content type where the definition names none (Dropbox)", async () => {
    insistOn(
      ({ method, headers, body }) =>
        method === "POST" && headers["content-type"] === undefined && body === "",
    );
    expect(await userOf({ userInfoRequest: { method: "POST" } }, options)).toEqual({ id: "7" });
  });

  it("has the JSON null where the provider wants that", async () => {
    insistOn(
      ({ headers, body }) => headers["content-type"] === "application/json" && body === "null",
    );
    expect(await userOf({ userInfoRequest: { json: null } }, options)).toEqual({ id: "7" });
  });

  it("has a form with the client's ID beside the token (VK)", async () => {
    insistOn(({ method, headers, body }) => {
      const form = Object.fromEntries(new URLSearchParams(body));
      return (
        method === "POST" &&
        headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true &&
        headers.authorization === undefined &&
        form["client_id"] === "client-id" &&
        form["access_token"] === "at-user-0001"
      );
    });
    const user = await userOf(
      {
        userInfoRequest: { form: ({ clientId }) => ({ client_id: clientId }) },
        tokenPlacement: "body",
      },
      options,
    );
    expect(user).toEqual({ id: "7" });
  });

  it("asks GraphQL (Linear, monday, AniList), whose answer the profile function reads", async () => {
    insistOn(
      ({ method, headers, body }) =>
        method === "POST" &&
        headers["content-type"] === "application/json" &&
        (JSON.parse(body) as { query?: string }).query === "{ viewer { id name } }",
      { data: { viewer: { id: "7", name: "Ada" } } },
    );
    const client = example.client(options, {
      userInfoRequest: { json: { query: "{ viewer { id name } }" } },
      profile: (raw) => {
        const { viewer } = raw["data"] as { viewer: { id: string; name: string } };
        return { ...viewer, raw };
      },
    });
    expect(await client.profile(token)).toMatchObject({ id: "7", name: "Ada" });
  });

  it("is sent by the functions of a definition too: an object as JSON, parameters as a form, or nothing", async () => {
    example.api = ({ method, headers, body, url }) => ({
      body: { got: [method, url, headers["content-type"]?.split(";")[0] ?? "none", body] },
    });
    const user = await userOf(
      {
        userInfo: async (api) => ({
          json: await api.post("/a", { q: 1 }),
          form: await api.post("/b", new URLSearchParams({ q: "2" })),
          none: await api.post("/c"),
        }),
      },
      options,
    );
    expect(user).toEqual({
      json: { got: ["POST", "/api/a", "application/json", '{"q":1}'] },
      form: { got: ["POST", "/api/b", "application/x-www-form-urlencoded", "q=2"] },
      none: { got: ["POST", "/api/c", "none", ""] },
    });
  });
});

describe("a POST for user info", () => {
  const query = { userInfoRequest: { json: { query: "{ viewer { id } }" } } };

  it.each([
    ["with no data", { data: null, errors: [{ message: "not signed in at-user-0001" }] }],
    ["with a part of the data", { data: { viewer: { id: "7" } }, errors: [{ message: "no" }] }],
  ])(
    "that GraphQL answers with 200 and errors %s throws the provider's words",
    async (_n, body) => {
      example.api = () => ({ body });
      const error = (await rejectionOf(userOf(query))) as Error;
      expect(error).toMatchObject({ code: "USER_INFO_INVALID", status: 200 });
      expect(error.message).toContain(body.errors[0]?.message.split(" at-")[0]);
      expect(error.message).not.toContain("at-user-0001");
    },
  );

  it("accepts an answer with an empty list of errors", async () => {
    example.api = () => ({ body: { data: { id: "7" }, errors: [] } });
    expect(await userOf(query)).toMatchObject({ data: { id: "7" } });
  });

  it("is repeated at the target of a 307 with its body, and as a GET after a 303", async () => {
    example.api = ({ url, method, body }) =>
      url === "/api/me"
        ? { status: 307, headers: { location: "/api/2" } }
        : url === "/api/2"
          ? { status: 303, headers: { location: "/api/3" }, body }
          : { body: { id: method + body } };
    expect(await userOf(query)).toEqual({ id: "GET" });
    expect(example.apiRequests.map(({ method, body }) => [method, body !== ""])).toEqual([
      ["POST", true],
      ["POST", true],
      ["GET", false],
    ]);
  });

  it("carries nothing to another origin", async () => {
    const other = await ExampleProvider.start();
    for (const status of [302, 307]) {
      example.api = () => ({ status, headers: { location: `${other.origin}/api/me` } });
      await expect(userOf(query)).rejects.toMatchObject({ code: "REDIRECT_REFUSED" });
    }
    expect(other.server.requests).toEqual([]);
    await expect(
      userOf({ userInfo: async (api) => ({ x: await api.post(`${other.origin}/api/me`, {}) }) }),
    ).rejects.toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
    expect(other.server.requests).toEqual([]);
    await other.close();
  });
});

describe("a body that would be sent empty is refused, and nothing is sent:", () => {
  const bodies: [string, unknown][] = [
    ["FormData", new FormData()],
    ["a text", "a=b"],
    ["bytes", Buffer.from("a=b")],
    ["a map", new Map([["a", "b"]])],
    ["a promise", Promise.resolve({})],
    ["a function", () => ({})],
  ];
  it.each(bodies)("%s of post()", async (_name, body) => {
    const userInfo = async (api: ApiReader) => ({ x: await api.post("/me", body as object) });
    const error = await thrown(userOf({ userInfo }));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(error.message).toContain("the body of post() must be an object");
    expect(example.apiRequests).toEqual([]);
  });

  const forms: [string, unknown][] = [
    ["nothing", undefined],
    ["null", null],
    ["a promise", Promise.resolve({ a: "b" })],
    ["a number", { a: 1 }],
    ["a function", () => ({ a: "b" })],
  ];
  it.each(forms)("%s of the form's function", async (_name, form) => {
    const userInfoRequest = { form: () => form as Record<string, string> };
    const error = await thrown(userOf({ userInfoRequest }));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(error.message).toContain("what userInfoRequest.form() returns must be an object");
    expect(example.apiRequests).toEqual([]);
  });

  it.each([undefined, null, 7])("the URL %j, which another answer lacked", async (url) => {
    const userInfo = async (api: ApiReader) => ({ x: await api.get(url as unknown as string) });
    expect(await thrown(userOf({ userInfo }))).toMatchObject({ code: "URL_INVALID" });
    expect(example.apiRequests).toEqual([]);
  });
});

describe("userInfoRequest", () => {
  it.each<[unknown, string]>([
    [{ method: "PUT" }, 'userInfoRequest.method must be "GET" or "POST"'],
    [{ json: "text" }, "userInfoRequest.json must be an object or null"],
    [{ form: { a: 1 } }, "userInfoRequest.form must be an object of strings"],
    [{ json: {}, form: {} }, "userInfoRequest.form must be left out beside json"],
    [{ method: "GET", json: {} }, "userInfoRequest.method must be POST for a request with a body"],
    [{ body: {} }, "userInfoRequest.body is not an option"],
    ["POST", "userInfoRequest must be an object"],
  ])("that is %j is refused with a sentence", (userInfoRequest, problem) => {
    const define = () =>
      defineProvider({
        name: "odd",
        endpoints: { token: "https://id.example.com/token" },
        userInfoRequest: userInfoRequest as never,
      });
    expect(define).toThrow(problem);
  });
});
