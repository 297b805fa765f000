import { expect, it } from "@jest/globals";
import { startGitHub } from "../../src/index.ts";
import type { GitHubEmulator } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import {
  askToken,
  authorizationUrl,
  CALLBACK,
  CHALLENGE,
  exchange,
  get,
  json,
  parameter,
  VERIFIER,
} from "../support/wire.ts";

const running = closedAfterEach();

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
}

const signIn = async (
  github: GitHubEmulator,
  more: Record<string, string> = {},
  user = "ada-l",
): Promise<Tokens> => {
  const callback = await github.authorize(authorizationUrl(github, more), { user });
  return json<Tokens>(exchange(github, callback));
};

const refresh = (github: GitHubEmulator, token: string): Promise<Record<string, unknown>> =>
  json(askToken(github, { grant_type: "refresh_token", refresh_token: token }));

const works = async (github: GitHubEmulator, token: string): Promise<boolean> =>
  (await get(`${github.endpoints.api}/user`, token)).status === 200;

it("replies form-encoded, or in JSON or XML according to Accept", async () => {
  const github = await running(startGitHub());
  const reply = async (accept: string): Promise<[string | null, string]> => {
    const callback = await github.authorize(authorizationUrl(github, { scope: "gist repo" }));
    const code = parameter(callback, "code");
    const answer = await askToken(github, { code }, { accept });
    return [answer.headers.get("content-type"), await answer.text()];
  };
  const [formType, form] = await reply("*/*");
  expect(formType).toContain("application/x-www-form-urlencoded");
  expect(form).toMatch(/^access_token=gho_\w{36}&scope=gist%2Crepo&token_type=bearer$/);
  const [jsonType, text] = await reply("application/json");
  expect(jsonType).toContain("application/json");
  expect(JSON.parse(text)).toEqual({
    access_token: expect.stringMatching(/^gho_\w{36}$/),
    scope: "gist,repo",
    token_type: "bearer",
  });
  const [xmlType, xml] = await reply("application/xml");
  expect(xmlType).toContain("application/xml");
  expect(xml).toMatch(/^<OAuth><access_token>gho_\w{36}<\/access_token><scope>gist,repo<\/scope>/);
});

it("accepts parameters in the query and in JSON, and credentials by HTTP Basic", async () => {
  const github = await running(startGitHub());
  const code = async (): Promise<string> =>
    parameter(await github.authorize(authorizationUrl(github)), "code") ?? "";
  const headers = { accept: "application/json" };
  const credentials = { client_id: github.clientId, client_secret: github.clientSecret };
  const query = new URLSearchParams({ ...credentials, code: await code() }).toString();
  const url = github.endpoints.token;
  const byQuery = await fetch(`${url}?${query}`, { method: "POST", headers });
  expect(await json(byQuery)).toHaveProperty("access_token");
  const byJson = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ ...credentials, code: await code() }),
  });
  expect(await json(byJson)).toHaveProperty("access_token");
  const basic = Buffer.from(`${github.clientId}:${github.clientSecret}`).toString("base64");
  const byBasic = await fetch(url, {
    method: "POST",
    headers: { ...headers, authorization: `Basic ${basic}` },
    body: new URLSearchParams({ code: await code() }),
  });
  expect(await json(byBasic)).toHaveProperty("access_token");
});

it("sends errors with HTTP 200", async () => {
  const github = await running(startGitHub());
  const error = async (more: Record<string, string | undefined>): Promise<unknown[]> => {
    const callback = await github.authorize(authorizationUrl(github));
    const reply = await exchange(github, callback, more);
    return [reply.status, (await json(reply))["error"]];
  };
  expect(await error({ client_secret: "wrong" })).toEqual([200, "incorrect_client_credentials"]);
  expect(await error({ client_id: "wrong" })).toEqual([200, "incorrect_client_credentials"]);
  expect(await error({ code: "wrong" })).toEqual([200, "bad_verification_code"]);
  expect(await error({ redirect_uri: `${CALLBACK}x` })).toEqual([200, "redirect_uri_mismatch"]);
  expect(await error({ grant_type: "password" })).toEqual([200, "unsupported_grant_type"]);
  const form = await askToken(github, { code: "wrong" }, {});
  expect(await form.text()).toMatch(
    /^error=bad_verification_code&error_description=The\+code\+passed\+is\+incorrect\+or\+expired\.&error_uri=https/,
  );
});

it("accepts a code once, for ten minutes", async () => {
  const clock = testClock();
  const github = await running(startGitHub({ now: clock.now }));
  const callback = await github.authorize(authorizationUrl(github));
  expect(await json(exchange(github, callback))).toHaveProperty("access_token");
  expect((await json(exchange(github, callback)))["error"]).toBe("bad_verification_code");
  const late = await github.authorize(authorizationUrl(github));
  clock.pass(600);
  expect((await json(exchange(github, late)))["error"]).toBe("bad_verification_code");
});

it("requires the verifier of the challenge that was sent; an Enterprise Server does not", async () => {
  const github = await running(startGitHub());
  const proofKey = { code_challenge: CHALLENGE, code_challenge_method: "S256" };
  const callback = await github.authorize(authorizationUrl(github, proofKey));
  expect((await json(exchange(github, callback)))["error"]).toBe("bad_verification_code");
  github.configure({ proofKeyError: "invalid_grant" });
  const wrong = { code_verifier: "w".repeat(43) };
  expect((await json(exchange(github, callback, wrong)))["error"]).toBe("invalid_grant");
  expect(await json(exchange(github, callback, { code_verifier: VERIFIER }))).toHaveProperty(
    "access_token",
  );
  github.configure({ enterpriseServer: true });
  const ignored = await github.authorize(authorizationUrl(github, proofKey));
  expect(await json(exchange(github, ignored))).toHaveProperty("access_token");
});

it("normalizes scopes, and grants the previous ones if none is requested", async () => {
  const github = await running(startGitHub());
  expect((await signIn(github)).scope).toBe("");
  const scope = "user,user:email read:user public_repo offline_access nonsense";
  expect((await signIn(github, { scope })).scope).toBe("user,public_repo");
  expect((await signIn(github, { scope: "gist" })).scope).toBe("gist");
  expect((await signIn(github)).scope.split(",").toSorted()).toEqual([
    "gist",
    "public_repo",
    "user",
  ]);
  expect((await signIn(github, {}, "gracehopper")).scope).toBe("");
});

it("issues tokens that do not expire to an OAuth App, unless its setting or offline_access says otherwise", async () => {
  const github = await running(startGitHub());
  expect(Object.keys(await signIn(github))).toEqual(["access_token", "scope", "token_type"]);
  const expiring = {
    access_token: expect.stringMatching(/^gho_\w{36}$/),
    expires_in: 28_800,
    refresh_token: expect.stringMatching(/^ghr_\w{76}$/),
    refresh_token_expires_in: 15_897_600,
    token_type: "bearer",
  };
  expect(await signIn(github, { scope: "gist offline_access" })).toEqual({
    ...expiring,
    scope: "gist",
  });
  github.configure({ expiringTokens: true });
  expect(await signIn(github, { scope: "gist" })).toEqual({ ...expiring, scope: "gist" });
});

it("issues ghu_ tokens that expire to a GitHub App, with an empty scope", async () => {
  const github = await running(startGitHub({ appType: "github-app" }));
  expect(await signIn(github, { scope: "repo" })).toMatchObject({
    access_token: expect.stringMatching(/^ghu_\w{36}$/),
    scope: "",
    expires_in: 28_800,
  });
  github.configure({ expiringTokens: false });
  expect(await signIn(github)).not.toHaveProperty("refresh_token");
});

it("rotates on refresh: the old access token and the old refresh token stop working at once", async () => {
  const github = await running(startGitHub({ expiringTokens: true }));
  const first = await signIn(github, { scope: "gist" });
  const second = await refresh(github, first.refresh_token);
  expect(second).toMatchObject({ scope: "gist", expires_in: 28_800 });
  expect(second["refresh_token"]).not.toBe(first.refresh_token);
  expect(await works(github, first.access_token)).toBe(false);
  expect(await works(github, String(second["access_token"]))).toBe(true);
  expect((await refresh(github, first.refresh_token))["error"]).toBe("bad_refresh_token");
});

it("revokes all tokens of the sign-in when a refresh token comes twice, and those of no other", async () => {
  const github = await running(
    startGitHub({ expiringTokens: true, refreshTokenReuse: "revokes-family" }),
  );
  const other = await signIn(github);
  const first = await signIn(github);
  const second = await refresh(github, first.refresh_token);
  const third = await refresh(github, String(second["refresh_token"]));
  expect((await refresh(github, first.refresh_token))["error"]).toBe("bad_refresh_token");
  expect(await works(github, String(third["access_token"]))).toBe(false);
  expect((await refresh(github, String(third["refresh_token"])))["error"]).toBe(
    "bad_refresh_token",
  );
  expect(await works(github, other.access_token)).toBe(true);
});

it("accepts a used refresh token again within the grace period, unless its sign-in was ended", async () => {
  const clock = testClock();
  const options = { refreshTokenReuse: "revokes-family", refreshTokenGrace: 10 } as const;
  const github = await running(startGitHub({ expiringTokens: true, now: clock.now, ...options }));
  const first = await signIn(github);
  const second = await refresh(github, first.refresh_token);
  clock.pass(9);
  const again = await refresh(github, first.refresh_token);
  for (const token of [second, again]) {
    expect(await works(github, String(token["access_token"]))).toBe(true);
  }
  clock.pass(1);
  expect((await refresh(github, first.refresh_token))["error"]).toBe("bad_refresh_token");
  for (const token of [second, again]) {
    expect(await works(github, String(token["access_token"]))).toBe(false);
  }

  const ended = await signIn(github);
  const next = await refresh(github, ended.refresh_token);
  await fetch(`${github.endpoints.api}/credentials/revoke`, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": "test" },
    body: JSON.stringify({ credentials: [next["access_token"]] }),
  });
  expect((await refresh(github, ended.refresh_token))["error"]).toBe("bad_refresh_token");
});

it("accepts one of two concurrent refreshes", async () => {
  const github = await running(startGitHub({ expiringTokens: true }));
  const { refresh_token: token } = await signIn(github);
  const replies = await Promise.all([refresh(github, token), refresh(github, token)]);
  const errors = replies.map((reply) => reply["error"]);
  expect(errors.filter((error) => error === undefined)).toHaveLength(1);
  expect(errors).toContain("bad_refresh_token");
});

it("expires both tokens on the given clock", async () => {
  const clock = testClock();
  const github = await running(startGitHub({ expiringTokens: true, now: clock.now }));
  const { access_token: access, refresh_token: token } = await signIn(github);
  clock.pass(28_799);
  expect(await works(github, access)).toBe(true);
  clock.pass(1);
  expect(await works(github, access)).toBe(false);
  clock.pass(15_897_600 - 28_800);
  expect((await refresh(github, token))["error"]).toBe("bad_refresh_token");
});

it("refreshes after expireAccessTokens", async () => {
  const github = await running(startGitHub({ expiringTokens: true }));
  const { access_token: access, refresh_token: token } = await signIn(github);
  github.expireAccessTokens();
  expect(await works(github, access)).toBe(false);
  expect(await works(github, String((await refresh(github, token))["access_token"]))).toBe(true);
});

it("requires the secret to refresh", async () => {
  const github = await running(startGitHub({ expiringTokens: true }));
  const { refresh_token: token } = await signIn(github);
  const grant = { grant_type: "refresh_token", refresh_token: token, client_secret: undefined };
  expect((await json(askToken(github, grant)))["error"]).toBe("incorrect_client_credentials");
});

it("revokes the first of eleven tokens for one user and scope set", async () => {
  const github = await running(startGitHub());
  const tokens = [];
  for (let turn = 0; turn < 11; turn += 1) tokens.push(await signIn(github, { scope: "gist" }));
  const other = await signIn(github, { scope: "repo" });
  const alive = await Promise.all(
    [...tokens, other].map(({ access_token: token }) => works(github, token)),
  );
  expect(alive).toEqual([false, ...Array.from({ length: 11 }, () => true)]);
});

it("rejects users without a verified address if the switch says so", async () => {
  const github = await running(startGitHub({ allowUnverifiedEmail: false }));
  const unverified = await github.authorize(authorizationUrl(github), { user: "hypatia" });
  expect((await json(exchange(github, unverified)))["error"]).toBe("unverified_user_email");
  expect(await signIn(github)).toHaveProperty("access_token");
});

it("fails on demand", async () => {
  const github = await running(startGitHub({ expiringTokens: true }));
  const { refresh_token: token } = await signIn(github);
  github.failNext("token-bad-refresh-token");
  expect((await refresh(github, token))["error"]).toBe("bad_refresh_token");
  github.failNext("token-too-many");
  expect((await askToken(github, {})).status).toBe(429);
  github.failNext("token-unavailable");
  expect((await askToken(github, {})).status).toBe(503);
  expect(await refresh(github, token)).toHaveProperty("access_token");
});
