import { expect, it } from "@jest/globals";
import { startOAuth1 } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { fields, send } from "../support/oauth1-consumer.ts";
import {
  askAccessToken,
  askRequestToken,
  consentUrl,
  refusal,
  registered,
  signedIn,
  withToken,
} from "../support/oauth1-dance.ts";
import { closedAfterEach } from "../support/running.ts";
import { CALLBACK, json, parameter } from "../support/wire.ts";

const running = closedAfterEach();

it("leads from a request token to an access token that opens the API", async () => {
  const emulator = await running(startOAuth1());
  const consumer = registered(emulator);
  const asked = await askRequestToken(emulator, consumer);
  expect(asked.headers.get("content-type")).toBe("application/x-www-form-urlencoded");
  expect(asked.headers.get("cache-control")).toBe("no-store");
  const temporary = await fields(asked);
  expect(temporary).toEqual({
    oauth_token: expect.stringMatching(/^\w{27}$/),
    oauth_token_secret: expect.stringMatching(/^\w{32}$/),
    oauth_callback_confirmed: "true",
  });
  const callback = await emulator.authorize(consentUrl(emulator, temporary["oauth_token"]), {
    user: "gracehopper",
  });
  expect(callback.startsWith(`${CALLBACK}?oauth_token=${temporary["oauth_token"]}&`)).toBe(true);
  const verifier = parameter(callback, "oauth_verifier");
  const access = await fields(askAccessToken(emulator, consumer, temporary, verifier));
  expect(access).toEqual({
    oauth_token: expect.stringMatching(/^1906-\w{40}$/),
    oauth_token_secret: expect.stringMatching(/^\w{45}$/),
    user_id: "1906",
    screen_name: "gracehopper",
  });
  const me = await send(withToken(consumer, access), { url: `${emulator.endpoints.api}/me` });
  expect(await json(me)).toMatchObject({ id: "1906", name: "Grace Hopper", email: null });
});

it("accepts GET at both token endpoints", async () => {
  const { endpoints, ...emulator } = await running(startOAuth1());
  const consumer = { key: emulator.clientId, secret: emulator.clientSecret };
  const temporary = await fields(
    send({ ...consumer, oauth: { oauth_callback: CALLBACK } }, { url: endpoints.requestToken }),
  );
  const url = `${endpoints.authorization}?oauth_token=${temporary["oauth_token"]}`;
  const verifier = parameter(await emulator.authorize(url), "oauth_verifier");
  const signer = { ...withToken(consumer, temporary), oauth: { oauth_verifier: verifier } };
  expect((await send(signer, { url: endpoints.accessToken })).status).toBe(200);
});

it("keeps the callback's own query byte by byte", async () => {
  const emulator = await running(startOAuth1());
  const own = "http://LOCALHOST:3000/a/../cb;p?a=b%20c&d=%c3%A9+f'&e";
  const temporary = await fields(
    askRequestToken(emulator, registered(emulator), { oauth_callback: own }),
  );
  const callback = await emulator.authorize(consentUrl(emulator, temporary["oauth_token"]));
  expect(callback.startsWith(`${own}&oauth_token=`)).toBe(true);
});

it("requires a registered callback", async () => {
  const emulator = await running(startOAuth1());
  const ask = (oauth_callback?: string): Promise<[number, string]> =>
    refusal(askRequestToken(emulator, registered(emulator), { oauth_callback }));
  expect(await ask()).toEqual([400, "parameter_absent"]);
  for (const wrong of [
    "/relative",
    "https://evil.example/cb",
    "javascript:alert(1)",
    "OOB",
    "http://localhost/#f",
    "http://localhost/\r\nx-evil: 1",
    "http://localhost/é",
  ]) {
    expect([wrong, ...(await ask(wrong))]).toEqual([wrong, 400, "parameter_rejected"]);
  }
  expect(await ask("http://[::1]:8080/cb")).toEqual([200, ""]);
});

it("holds each consumer to its own callbacks", async () => {
  const emulator = await running(
    startOAuth1({
      redirectUris: ["https://app.example/cb"],
      consumers: [{ key: "any", secret: "s", callbacks: "any" }],
    }),
  );
  const ask = async (signer = registered(emulator), oauth_callback = ""): Promise<number> =>
    (await askRequestToken(emulator, signer, { oauth_callback })).status;
  const first = registered(emulator);
  expect(await ask(first, "https://app.example/cb?state=1")).toBe(200);
  expect(await ask(first, "https://app.example/cb/other")).toBe(400);
  expect(await ask(first, "http://localhost/cb")).toBe(400);
  expect(await ask(first, "oob")).toBe(200);
  const any = { key: "any", secret: "s" };
  expect(await ask(any, "my.app:/cb")).toBe(200);
  expect(await ask(any, "javascript:alert(1)")).toBe(400);
});

it("shows a PIN instead of a redirect out of band", async () => {
  const emulator = await running(startOAuth1());
  const consumer = registered(emulator);
  const temporary = await fields(askRequestToken(emulator, consumer, { oauth_callback: "oob" }));
  const url = consentUrl(emulator, temporary["oauth_token"]);
  expect(await (await fetch(url)).text()).toContain("you get a PIN");
  await expect(emulator.authorize(url)).rejects.toThrow("Type this PIN into Your application");
  // The same page cannot be answered twice.
  await expect(emulator.authorizeOutOfBand(url)).rejects.toThrow("showed no PIN (HTTP 400)");
  const second = await fields(askRequestToken(emulator, consumer, { oauth_callback: "oob" }));
  const pin = await emulator.authorizeOutOfBand(consentUrl(emulator, second["oauth_token"]), {
    user: "ada_l",
  });
  expect(pin).toMatch(/^\d{7}$/);
  expect((await askAccessToken(emulator, consumer, second, pin)).status).toBe(200);
});

it.each([
  ["denied", { oauth_token: "T", denied: "T" }],
  ["denied-only", { denied: "T" }],
  ["oauth_problem", { oauth_token: "T", oauth_problem: "user_refused" }],
] as const)("tells a denial: %s", async (denial, expected) => {
  const emulator = await running(startOAuth1({ denial }));
  const temporary = await fields(askRequestToken(emulator, registered(emulator)));
  const token = temporary["oauth_token"] ?? "";
  const callback = await emulator.authorize(consentUrl(emulator, token), { deny: true });
  const told = [...new URL(callback).searchParams].map(([name, value]) => [
    name,
    value === token ? "T" : value,
  ]);
  expect(Object.fromEntries(told)).toEqual(expected);
  const exchange = askAccessToken(emulator, registered(emulator), temporary, "guessed");
  expect(await refusal(exchange)).toEqual([401, "permission_denied"]);
});

it("shows a page after an out-of-band denial", async () => {
  const emulator = await running(startOAuth1());
  const temporary = await fields(
    askRequestToken(emulator, registered(emulator), { oauth_callback: "oob" }),
  );
  const url = consentUrl(emulator, temporary["oauth_token"]);
  await expect(emulator.authorizeOutOfBand(url, { deny: true })).rejects.toThrow("You said no");
});

it("exchanges a request token once, for its consumer, with its verifier, after consent", async () => {
  const other = { key: "other", secret: "other-secret" };
  const emulator = await running(startOAuth1({ consumers: [other] }));
  const consumer = registered(emulator);
  const temporary = await fields(askRequestToken(emulator, consumer));
  const exchange = (verifier?: string, signer = consumer): Promise<[number, string]> =>
    refusal(askAccessToken(emulator, signer, temporary, verifier));
  expect(await exchange("early")).toEqual([401, "permission_unknown"]);
  const callback = await emulator.authorize(consentUrl(emulator, temporary["oauth_token"]));
  const verifier = parameter(callback, "oauth_verifier");
  expect(await exchange()).toEqual([400, "parameter_absent"]);
  expect(await exchange("")).toEqual([400, "parameter_absent"]);
  expect(await exchange("wrong")).toEqual([401, "verifier_invalid"]);
  expect(await exchange(verifier, other)).toEqual([401, "token_rejected"]);
  const api = await refusal(
    send(withToken(consumer, temporary), { url: `${emulator.endpoints.api}/me` }),
  );
  expect(api).toEqual([401, "token_rejected"]);
  expect(await exchange(verifier)).toEqual([200, ""]);
  expect(await exchange(verifier)).toEqual([401, "token_used"]);
  await expect(emulator.authorize(consentUrl(emulator, temporary["oauth_token"]))).rejects.toThrow(
    "The request token does not work",
  );
});

it("expires request tokens, before and after consent", async () => {
  const clock = testClock();
  const emulator = await running(startOAuth1({ now: clock.now, requestTokenLifetime: 60 }));
  const consumer = (): ReturnType<typeof registered> => ({
    ...registered(emulator),
    timestamp: clock.now() / 1000,
  });
  const temporary = await fields(askRequestToken(emulator, consumer()));
  const url = consentUrl(emulator, temporary["oauth_token"]);
  const verifier = parameter(await emulator.authorize(url), "oauth_verifier");
  const unanswered = await fields(askRequestToken(emulator, consumer()));
  clock.pass(60);
  const exchange = askAccessToken(emulator, consumer(), temporary, verifier);
  expect(await refusal(exchange)).toEqual([401, "token_expired"]);
  await expect(emulator.authorize(consentUrl(emulator, unanswered["oauth_token"]))).rejects.toThrow(
    "HTTP 400",
  );
});

it("shows an error page for an unknown request token", async () => {
  const emulator = await running(startOAuth1());
  for (const token of [undefined, "", "guessed", "__proto__"]) {
    const reply = await fetch(consentUrl(emulator, token));
    expect([reply.status, await reply.text()]).toEqual([
      400,
      expect.stringContaining("The request token does not work"),
    ]);
  }
});

it("accepts one decision for a token, in any tab", async () => {
  const emulator = await running(startOAuth1());
  const temporary = await fields(askRequestToken(emulator, registered(emulator)));
  const url = consentUrl(emulator, temporary["oauth_token"]);
  const pages = await Promise.all([fetch(url), fetch(url)]);
  const tickets = await Promise.all(
    pages.map(async (page) => /name="ticket" value="([^"]+)"/.exec(await page.text())?.[1] ?? ""),
  );
  const statuses = [];
  for (const ticket of tickets) {
    const body = new URLSearchParams({ ticket, user: "1815", decision: "allow" });
    const init = { method: "POST", body, redirect: "manual" } as const;
    statuses.push((await fetch(`${emulator.origin}/emulator/decision`, init)).status);
  }
  expect(statuses).toEqual([302, 400]);
});

it("shows the requested permissions, under the parameter names of several providers", async () => {
  const emulator = await running(startOAuth1());
  const offered = async (query: string, more: Record<string, string> = {}): Promise<string[]> => {
    const url = new URL(emulator.endpoints.requestToken);
    url.search = new URLSearchParams(more).toString();
    const signer = { ...registered(emulator), oauth: { oauth_callback: CALLBACK } };
    const temporary = await fields(send(signer, { url: url.href, verb: "POST" }));
    const page = await fetch(`${consentUrl(emulator, temporary["oauth_token"])}&${query}`);
    const text = await page.text();
    return [...text.matchAll(/name="scope"\s+value="([^"]*)"/g)].map(([, name]) => name ?? "");
  };
  expect(await offered("")).toEqual(["read", "write"]);
  expect(await offered("perms=read")).toEqual(["read"]);
  expect(await offered("scope=read,write")).toEqual(["read", "write"]);
  expect(await offered("", { x_auth_access_type: "read" })).toEqual(["read"]);
  expect(await offered("access=sudo")).toEqual([]);
});

it("issues tokens that may write only if the user allows it", async () => {
  const emulator = await running(startOAuth1());
  const add = { url: `${emulator.endpoints.api}/items`, form: [["title", "Ω + 1"]] } as const;
  const writer = await signedIn(emulator);
  const reader = await signedIn(emulator, { scopes: ["read"] });
  expect(await refusal(send(reader, add))).toEqual([401, "permission_denied"]);
  expect(await json(send(writer, add))).toEqual({ id: 6, title: "Ω + 1" });
  const search = { url: `${emulator.endpoints.api}/items?q=%CE%A9%20%2B` };
  expect(await json(send(reader, search))).toEqual({
    total: 1,
    items: [{ id: 6, title: "Ω + 1" }],
  });
});

it("says on its pages that it is an emulator, and escapes their content", async () => {
  const emulator = await running(startOAuth1({ applicationName: "<b>App</b>" }));
  const temporary = await fields(askRequestToken(emulator, registered(emulator)));
  const page = await (await fetch(consentUrl(emulator, temporary["oauth_token"]))).text();
  expect(page).toContain("Emulator of OAuth 1.0a.");
  expect(page).toContain("&lt;b&gt;App&lt;/b&gt; asks for access");
  expect(page).toContain("Either way you go back to <strong>localhost:3000</strong>");
  expect(await (await fetch(emulator.origin)).text()).toContain(emulator.endpoints.requestToken);
  await expect(
    emulator.authorize(consentUrl(emulator, temporary["oauth_token"]), { user: "nobody" }),
  ).rejects.toThrow("The users are: ada_l, gracehopper, émilie & co+.");
});

it("uses the users and passwords in the options", async () => {
  const users = [{ id: "7", screenName: "seven", name: "Seven", email: null, password: "p" }];
  const emulator = await running(startOAuth1({ users, xAuth: true }));
  const form = Object.entries({
    x_auth_mode: "client_auth",
    x_auth_username: "seven",
    x_auth_password: "p",
  });
  const reply = send(registered(emulator), { url: emulator.endpoints.accessToken, form });
  expect((await fields(reply))["screen_name"]).toBe("seven");
});
