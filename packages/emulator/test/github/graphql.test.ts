import { expect, it } from "@jest/globals";
import { startGitHub } from "../../src/index.ts";
import type { GitHubEmulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, exchange, json } from "../support/wire.ts";

const running = closedAfterEach();

const accessToken = async (github: GitHubEmulator, scope = "read:user"): Promise<string> => {
  const callback = await github.authorize(authorizationUrl(github, { scope }));
  return String((await json(exchange(github, callback)))["access_token"]);
};

const send = (
  github: GitHubEmulator,
  token: string | undefined,
  query: unknown,
): Promise<Response> =>
  fetch(`${github.endpoints.api}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
  });

it("answers a query for the viewer, with aliases and arguments", async () => {
  const github = await running(startGitHub());
  const token = await accessToken(github);
  const query = `query Who($size: Int) { # a comment
    viewer { login, number: databaseId, email avatarUrl(size: $size) }
  }`;
  const reply = await send(github, token, query);
  expect(await json(reply)).toEqual({
    data: {
      viewer: {
        login: "ada-l",
        number: 1815,
        email: "ada@lovelace.example",
        avatarUrl: expect.stringContaining("http"),
      },
    },
  });
  expect(reply.headers.get("x-ratelimit-resource")).toBe("graphql");
  expect(await json(send(github, token, "{rateLimit{limit remaining}}"))).toEqual({
    data: { rateLimit: { limit: 5000, remaining: 4999 } },
  });
});

it("answers a missing and an invalid token with 401", async () => {
  const github = await running(startGitHub());
  const missing = await send(github, undefined, "{ viewer { login } }");
  expect([missing.status, (await json(missing))["message"]]).toEqual([
    401,
    "This endpoint requires you to be authenticated.",
  ]);
  expect((await send(github, "gho_wrong", "{ viewer { login } }")).status).toBe(401);
});

it("says which fields of a query it serves", async () => {
  const github = await running(startGitHub());
  const query = '{ repository(owner: "ada-l", name: "engine") { stargazerCount } }';
  const { errors } = await json<{ errors: object[] }>(
    send(github, await accessToken(github), query),
  );
  expect(errors).toMatchObject([
    {
      message:
        "Field 'repository' doesn't exist on type 'Query'. The emulator serves viewer and rateLimit only.",
    },
  ]);
});

it.each([
  ["an unknown field", "{ viewer { nothing } }", "undefinedField"],
  ["an object without fields", "{ viewer }", "selectionMismatch"],
  ["fields of a text", "{ viewer { login { length } } }", "selectionMismatch"],
])("describes %s in errors, with HTTP 200", async (_, query, code) => {
  const github = await running(startGitHub());
  const reply = await send(github, await accessToken(github), query);
  expect([reply.status, await json(reply)]).toMatchObject([
    200,
    { errors: [{ extensions: { code } }] },
  ]);
});

it.each(["{ viewer { login }", "viewer", "{}", "mutation { viewer { login } }", "{ ...Fragment }"])(
  "does not parse %s",
  async (query) => {
    const github = await running(startGitHub());
    const reply = await json(send(github, await accessToken(github), query));
    expect(reply).toEqual({ errors: [{ message: expect.stringContaining("Parse error") }] });
  },
);

it("reports a query without text, and a scope that the token lacks", async () => {
  const github = await running(startGitHub());
  const token = await accessToken(github, "gist");
  expect(await json(send(github, token, undefined))).toEqual({
    errors: [{ message: expect.stringContaining("query attribute") }],
  });
  expect(await json(send(github, token, "{ viewer { email } }"))).toMatchObject({
    errors: [{ type: "INSUFFICIENT_SCOPES", message: expect.stringContaining("['gist']") }],
  });
});

it("answers calls over the primary rate limit with HTTP 200 and an error", async () => {
  const clock = testClock();
  const github = await running(startGitHub({ now: clock.now, rateLimit: "primary" }));
  const token = await accessToken(github);
  const limited = await send(github, token, "{ viewer { login } }");
  const message = "API rate limit exceeded for user ID 1.";
  expect(limited.status).toBe(200);
  expect(await json(limited)).toEqual({ errors: [{ type: "RATE_LIMITED", message }] });
  expect(limited.headers.get("x-ratelimit-remaining")).toBe("0");
  expect(limited.headers.get("x-ratelimit-resource")).toBe("graphql");
  expect(Number(limited.headers.get("x-ratelimit-reset"))).toBeGreaterThan(clock.now() / 1000);
  github.configure({ rateLimit: "none", graphqlRateLimit: "RATE_LIMIT" });
  github.failNext("graphql-rate-limit");
  expect(await json(send(github, token, "{ viewer { login } }"))).toEqual({
    errors: [{ type: "RATE_LIMIT", code: "graphql_rate_limit", message }],
  });
  expect(await json(send(github, token, "{ viewer { login } }"))).toHaveProperty("data");
});

it("answers calls over a secondary rate limit as the REST API does", async () => {
  const github = await running(startGitHub({ rateLimit: "secondary" }));
  const limited = await send(github, await accessToken(github), "{ viewer { login } }");
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([403, "60"]);
});
