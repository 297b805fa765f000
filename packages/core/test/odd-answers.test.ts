import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2Session } from "@grantkit/core";
import axios from "axios";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";

let example: ExampleProvider;
beforeEach(async () => {
  example = await ExampleProvider.start();
});
afterEach(() => example.close());

const old = { accessToken: "at-old-0001", refreshToken: "rt-old" };

describe.each([
  ["fetch", {}],
  ["fetch through axios", { http: { headers: {} } }],
])("an answer with a status beyond 599 (%s)", (_name, options) => {
  it("is given to the caller, as by the platform's fetch", async () => {
    example.api = () => ({ status: 999, headers: { "x-why": "bots" }, body: "denied" });
    const session = example.client(options).session(example.grant(old));
    const response = await session.fetch("/x");
    expect([response.status, response.ok, response.headers.get("x-why")]).toEqual([
      999,
      false,
      "bots",
    ]);
    expect(response.clone().status).toBe(999);
    expect(await response.text()).toBe("denied");
  });

  it("can make the session refresh the token", async () => {
    example.rotate("rt-old");
    const usual = example.server.answer;
    example.server.answer = async (request, response) => {
      const answer = await usual(request, response);
      const isRefused = typeof answer === "object" && answer.status === 401;
      return isRefused ? { status: 999, body: { code: "expired" } } : answer;
    };
    const session = example
      .client(options)
      .session(old, { expiredToken: { status: 999, error: "expired" } });
    expect((await session.fetch("/x")).status).toBe(200);
  });
});

it.each(["stream", "json"] as const)(
  "an expiredToken function may read the body twice, and the caller still gets it (%s)",
  async (responseType) => {
    const body = "x".repeat(50_000);
    example.api = () => ({ body });
    const read: unknown[] = [];
    const session = example.client().session(example.grant(old), {
      expiredToken: async (answer) => {
        read.push(...(await Promise.all([answer.data(), answer.data()])), await answer.data());
        return false;
      },
    });
    const { data } = await session.get<unknown>("/x", { responseType });
    expect(read).toEqual([body, body, body]);
    let text = "";
    for await (const part of data as AsyncIterable<unknown>) text += String(part);
    expect(text).toBe(body);
  },
);

it("several WWW-Authenticate headers are read like one", async () => {
  let refreshes = 0;
  example.token = () => {
    refreshes += 1;
    return { body: { access_token: "at-new-0002", token_type: "Bearer" } };
  };
  const session = (challenge: string | string[]): OAuth2Session =>
    example
      .client({
        http: {
          adapter: async (config) =>
            config.url?.includes("/api/")
              ? {
                  ...(await axios.getAdapter("http")({ ...config, validateStatus: null })),
                  status: 401,
                  headers: { "www-authenticate": challenge as string },
                }
              : axios.getAdapter("http")(config),
        },
      })
      .session(old);
  const scope = 'Bearer error="insufficient_scope"';
  for (const challenge of [scope, ['Basic realm="a"', scope]]) {
    const error = await rejectionOf(session(challenge).get("/x"));
    expect(error).toMatchObject({ status: 401 });
    expect(refreshes).toBe(0);
  }
});

describe.each([
  ["get", (session: OAuth2Session, options: object) => session.get("/x", options)],
  [
    "get as a stream",
    (session: OAuth2Session, options: object) =>
      session.get("/x", { ...options, responseType: "stream" }),
  ],
  ["fetch", (session: OAuth2Session, options: object) => session.fetch("/x", options)],
] as const)("maxContentLength (%s)", (_name, send) => {
  it.each([Number.NaN, "10", null, {}])("is refused when it is %p", async (maxContentLength) => {
    const session = example.client().session(example.grant(old));
    const error = await rejectionOf(Promise.resolve(send(session, { maxContentLength })));
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(String(error)).toContain("maxContentLength");
    expect(example.server.requests).toEqual([]);
  });
});
