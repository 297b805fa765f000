import { createHmac } from "node:crypto";
import { expect, it } from "@jest/globals";
import { startFacebook } from "../../src/index.ts";
import type { FacebookEmulator, FacebookFailure } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, exchange, get, json } from "../support/wire.ts";

const running = closedAfterEach();

interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: number;
    readonly error_subcode?: number;
    readonly is_transient?: boolean;
    readonly fbtrace_id: string;
  };
}

const accessToken = async (
  facebook: FacebookEmulator,
  user = "Ada Lovelace",
  scope = "email,pages_show_list",
): Promise<string> => {
  const callback = await facebook.authorize(authorizationUrl(facebook, { scope }), { user });
  return String((await json(exchange(facebook, callback)))["access_token"]);
};

const error = async (reply: Response | Promise<Response>): Promise<ErrorBody["error"]> =>
  (await json<ErrorBody>(reply)).error;

it("sends the id and the name, or the requested fields", async () => {
  const facebook = await running(startFacebook());
  const token = await accessToken(facebook);
  const me = `${facebook.endpoints.api}/me`;
  expect(await json(get(me, token))).toEqual({ id: "10223344556677881", name: "Ada Lovelace" });
  const fields = "first_name,email,picture.width(320).height(200){url}";
  expect(await json(get(`${me}?fields=${fields}`, token))).toEqual({
    first_name: "Ada",
    email: "ada@lovelace.example",
    picture: {
      data: { width: 320, height: 200, is_silhouette: false, url: facebook.users[0]?.picture },
    },
    id: "10223344556677881",
  });
  const unknown = await get(`${me}?fields=id,shoe_size`, token);
  expect([unknown.status, (await error(unknown)).code]).toEqual([400, 100]);
});

it("omits an e-mail address that was declined or does not exist", async () => {
  const facebook = await running(startFacebook());
  const me = `${facebook.endpoints.api}/me?fields=email`;
  const declined = await accessToken(facebook, "Ada Lovelace", "public_profile");
  expect(await json(get(me, declined))).toEqual({ id: "10223344556677881" });
  const without = await accessToken(facebook, "Grace Hopper");
  expect(await json(get(me, without))).toEqual({ id: "10223344556677882" });
});

it("marks the silhouette of a user without a picture", async () => {
  const facebook = await running(startFacebook());
  const token = await accessToken(facebook, "Mary Somerville");
  const url = `${facebook.endpoints.api}/me?fields=picture.type(large)`;
  const { picture } = await json<{ picture: { data: Record<string, unknown> } }>(get(url, token));
  expect(picture.data).toMatchObject({ is_silhouette: true, width: 200, height: 200 });
});

it("accepts the token in the header, the query and the body", async () => {
  const facebook = await running(startFacebook());
  const token = await accessToken(facebook);
  const me = `${facebook.endpoints.api}/me`;
  expect((await fetch(`${me}?access_token=${token}`)).status).toBe(200);
  expect((await fetch(me, { headers: { authorization: `OAuth ${token}` } })).status).toBe(200);
  const revoked = await fetch(`${me}/permissions/email`, {
    method: "DELETE",
    body: new URLSearchParams({ access_token: token }),
  });
  expect(await json(revoked)).toEqual({ success: true });
});

it("answers no token, an invalid one and an expired one with different errors", async () => {
  const clock = testClock();
  const facebook = await running(startFacebook({ now: clock.now, tokenLifetime: 60 }));
  const me = `${facebook.endpoints.api}/me`;
  const none = await fetch(me);
  expect([none.status, (await error(none)).code]).toEqual([400, 2500]);
  const garbage = await get(me, "garbage");
  expect(garbage.headers.get("www-authenticate")).toMatch(
    /^OAuth "Facebook Platform" "invalid_token" "Invalid OAuth access token/,
  );
  const { code, error_subcode: none463 } = await error(garbage);
  expect([garbage.status, code, none463]).toEqual([400, 190, undefined]);
  const token = await accessToken(facebook);
  clock.pass(60);
  facebook.configure({ invalidTokenStatus: 401 });
  const expired = await get(me, token);
  expect(expired.status).toBe(401);
  expect(await error(expired)).toMatchObject({ code: 190, error_subcode: 463 });
});

it("checks appsecret_proof, without and with a time of up to five minutes, and can require it", async () => {
  const clock = testClock();
  const facebook = await running(startFacebook({ now: clock.now }));
  const token = await accessToken(facebook);
  const hmac = (message: string): string =>
    createHmac("sha256", facebook.clientSecret).update(message).digest("hex");
  const call = async (query: string): Promise<[number, string?]> => {
    const reply = await get(`${facebook.endpoints.api}/me?${query}`, token);
    return reply.ok ? [reply.status] : [reply.status, (await error(reply)).message];
  };
  const time = clock.now() / 1000;
  const timed = `appsecret_proof=${hmac(`${token}|${time}`)}&appsecret_time=${time}`;
  const invalid = "Invalid appsecret_proof provided in the API argument";
  expect(await call(`appsecret_proof=${hmac(token)}`)).toEqual([200]);
  expect(await call(timed)).toEqual([200]);
  expect(await call(`appsecret_proof=${hmac(`${token}x`)}`)).toEqual([400, invalid]);
  expect(await call(`appsecret_proof=${hmac(token)}&appsecret_time=${time}`)).toEqual([
    400,
    invalid,
  ]);
  expect(await call(`appsecret_proof=${hmac(`${token}|x`)}&appsecret_time=x`)).toEqual([
    400,
    invalid,
  ]);
  clock.pass(301);
  expect(await call(timed)).toEqual([400, invalid]);
  expect(await call("")).toEqual([200]);
  facebook.configure({ requireAppSecretProof: true });
  expect(await call("")).toEqual([
    400,
    "API calls from the server require an appsecret_proof argument",
  ]);
  const refused = await get(`${facebook.endpoints.api}/me`, token);
  expect((await error(refused)).type).toBe("GraphMethodException");
  expect(await call(`appsecret_proof=${hmac(token)}`)).toEqual([200]);
});

it("lists granted and declined permissions, and removes all of them on DELETE", async () => {
  const facebook = await running(startFacebook());
  const url = authorizationUrl(facebook, { scope: "email,user_birthday" });
  const callback = await facebook.authorize(url, { scopes: ["email"] });
  const token = String((await json(exchange(facebook, callback)))["access_token"]);
  const permissions = `${facebook.endpoints.api}/me/permissions`;
  expect(await json(get(permissions, token))).toEqual({
    data: [
      { permission: "public_profile", status: "granted" },
      { permission: "email", status: "granted" },
      { permission: "user_birthday", status: "declined" },
    ],
  });
  const remove = await fetch(permissions, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await json(remove)).toEqual({ success: true });
  const after = await get(`${facebook.endpoints.api}/me`, token);
  expect(await error(after)).toMatchObject({ code: 190, error_subcode: 458 });
});

it("lists the pages with cursors, each with its own token", async () => {
  const facebook = await running(startFacebook());
  const token = await accessToken(facebook);
  const names: string[] = [];
  let url: string | undefined = `${facebook.endpoints.api}/me/accounts?limit=2`;
  let pageToken = "";
  while (url !== undefined) {
    interface Page {
      data: { name: string; access_token: string }[];
      paging?: { next?: string };
    }
    const page: Page = await json<Page>(get(url, token));
    names.push(...page.data.map(({ name }) => name));
    pageToken = page.data[0]?.access_token ?? pageToken;
    url = page.paging?.next;
  }
  expect(names).toEqual(["Analytical Engine", "Poetical Science", "Bernoulli Numbers"]);
  expect(await json(get(`${facebook.endpoints.api}/me`, pageToken))).toEqual({
    id: "20223344556677883",
    name: "Bernoulli Numbers",
  });
  const without = await accessToken(facebook, "Mary Somerville", "email");
  expect(await json(get(`${facebook.endpoints.api}/me/accounts`, without))).toEqual({ data: [] });
});

it("takes a post of a page's token, with the permission and the task", async () => {
  const facebook = await running(startFacebook());
  const { api } = facebook.endpoints;
  const post = async (scope: string, index: number): Promise<unknown> => {
    const token = await accessToken(facebook, "Ada Lovelace", scope);
    const { data } = await json<{ data: { id: string; access_token: string }[] }>(
      get(`${api}/me/accounts`, token),
    );
    const body = new URLSearchParams({
      message: "Hello",
      access_token: data[index]?.access_token ?? "",
    });
    const reply = await fetch(`${api}/${data[0]?.id}/feed`, { method: "POST", body });
    return reply.ok ? (await json<{ id: string }>(reply)).id : (await error(reply)).code;
  };
  expect(await post("pages_show_list", 0)).toBe(200);
  expect(await post("pages_show_list,pages_manage_posts", 1)).toBe(100);
  expect(await post("pages_show_list,pages_manage_posts", 0)).toMatch(/^20223344556677881_\d+$/);
});

it("tells the application who has a role in it", async () => {
  const facebook = await running(startFacebook());
  const { endpoints, clientId, clientSecret } = facebook;
  const roles = `${endpoints.api}/${clientId}/roles`;
  expect(await json(get(roles, `${clientId}|${clientSecret}`))).toEqual({
    data: [{ app_id: clientId, user: "10223344556677881", role: "administrators" }],
  });
  expect((await error(get(roles, await accessToken(facebook)))).code).toBe(100);
});

it("says of a path that it does not serve it, in an error of the Graph API", async () => {
  const facebook = await running(startFacebook());
  for (const path of ["/v26.0/me/photos", "/nowhere"]) {
    const reply = await get(facebook.origin + path, await accessToken(facebook));
    expect(reply.status).toBe(404);
    const { message, code } = await error(reply);
    expect([code, message]).toEqual([
      2500,
      `Unknown path components: ${path}. The emulator does not serve this path.`,
    ]);
  }
  expect((await fetch(facebook.origin)).status).toBe(200);
});

it.each<[FacebookFailure, number, number]>([
  ["api-app-not-installed", 190, 458],
  ["api-checkpointed", 190, 459],
  ["api-password-changed", 190, 460],
  ["api-session-expired", 190, 463],
  ["api-unconfirmed-user", 190, 464],
  ["api-invalid-session", 190, 467],
  ["api-page-role-missing", 190, 492],
])("fails on demand: %s", async (failure, code, subcode) => {
  const facebook = await running(startFacebook());
  const token = await accessToken(facebook);
  facebook.failNext(failure);
  const failed = await get(`${facebook.endpoints.api}/me`, token);
  expect(await error(failed)).toMatchObject({ code, error_subcode: subcode });
  expect((await get(`${facebook.endpoints.api}/me`, token)).status).toBe(200);
});

it.each<[FacebookFailure, number]>([
  ["api-app-throttled", 4],
  ["api-user-throttled", 17],
  ["api-page-throttled", 32],
  ["api-custom-throttled", 613],
])("throttles on demand, with usage headers and no Retry-After: %s", async (failure, code) => {
  const facebook = await running(startFacebook({ throttleStatus: 403 }));
  const token = await accessToken(facebook);
  facebook.failNext(failure);
  const failed = await get(`${facebook.endpoints.api}/me`, token);
  expect(failed.status).toBe(403);
  expect(await error(failed)).toMatchObject({ code, fbtrace_id: expect.any(String) });
  const usage = JSON.parse(failed.headers.get("x-app-usage") ?? "{}") as Record<string, unknown>;
  expect(usage["call_count"]).toBe(100);
  expect(failed.headers.get("x-business-use-case-usage")).toContain(
    "estimated_time_to_regain_access",
  );
  expect(failed.headers.has("retry-after")).toBe(false);
});

it.each<[FacebookFailure, number, number, boolean | undefined]>([
  ["api-permission-denied", 403, 200, undefined],
  ["api-unknown", 500, 1, true],
  ["api-unavailable", 503, 2, true],
])("fails on demand: %s", async (failure, status, code, transient) => {
  const facebook = await running(startFacebook());
  facebook.failNext(failure);
  const failed = await get(`${facebook.endpoints.api}/me`, "any");
  const body = await error(failed);
  expect([failed.status, body.code, body.is_transient]).toEqual([status, code, transient]);
});
