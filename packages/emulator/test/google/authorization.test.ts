import { expect, it } from "@jest/globals";
import { startGoogle } from "../../src/index.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, CALLBACK, exchange, json, parameter } from "../support/wire.ts";

const running = closedAfterEach();
const CALENDAR = "https://www.googleapis.com/auth/calendar.readonly";
const DRIVE = "https://www.googleapis.com/auth/drive.file";
const EMAIL = "https://www.googleapis.com/auth/userinfo.email";

it("sends state, iss, a code with a slash, scope, authuser, prompt and hd to the callback", async () => {
  const google = await running(startGoogle());
  const url = authorizationUrl(google, { scope: "openid email" });
  const callback = new URL(await google.authorize(url, { user: "grace@navy.example" }));
  expect(callback.href.startsWith(`${CALLBACK}?state=some-state&iss=`)).toBe(true);
  const { code, ...rest } = Object.fromEntries(callback.searchParams);
  expect(code).toMatch(/^4\/0A/);
  expect(rest).toEqual({
    state: "some-state",
    iss: google.origin,
    scope: `${EMAIL} openid`,
    authuser: "0",
    prompt: "consent",
    hd: "navy.example",
  });
});

it("leaves iss out or sends a wrong one", async () => {
  const google = await running(startGoogle({ iss: false }));
  const url = authorizationUrl(google, { scope: "openid" });
  expect(parameter(await google.authorize(url), "iss")).toBeUndefined();
  google.configure({ iss: "wrong" });
  expect(parameter(await google.authorize(url), "iss")).toBe("https://issuer.invalid");
});

it("grants scopes under their long names, in another order, without unchecked ones", async () => {
  const google = await running(startGoogle());
  const url = authorizationUrl(google, { scope: `openid email ${CALENDAR} ${DRIVE}` });
  const callback = await google.authorize(url, { scopes: [DRIVE] });
  expect(parameter(callback, "scope")).toBe(`${DRIVE} ${EMAIL} openid`);
  const token = await json(exchange(google, callback));
  expect(token["scope"]).toBe(`${DRIVE} ${EMAIL} openid`);
});

it("adds previously granted scopes on request", async () => {
  const google = await running(startGoogle());
  await google.authorize(authorizationUrl(google, { scope: CALENDAR }));
  const apart = await google.authorize(authorizationUrl(google, { scope: DRIVE }));
  expect(parameter(apart, "scope")).toBe(DRIVE);
  const url = authorizationUrl(google, { scope: "openid", include_granted_scopes: "true" });
  const union = parameter(await google.authorize(url), "scope")?.split(" ") ?? [];
  expect(new Set(union)).toEqual(new Set([CALENDAR, DRIVE, "openid"]));
});

it("shows an error page, without a redirect, for an invalid request", async () => {
  const google = await running(startGoogle({ redirectUris: [CALLBACK] }));
  const status = async (more: Record<string, string | undefined>): Promise<[number, boolean]> => {
    const url = authorizationUrl(google, { scope: "openid", ...more });
    const reply = await fetch(url, { redirect: "manual" });
    return [reply.status, reply.headers.has("location")];
  };
  expect(await status({})).toEqual([200, false]);
  expect(await status({ client_id: "other" })).toEqual([401, false]);
  expect(await status({ redirect_uri: `${CALLBACK}/` })).toEqual([400, false]);
  expect(await status({ redirect_uri: "http://127.0.0.1:3000/callback" })).toEqual([400, false]);
  expect(await status({ redirect_uri: undefined })).toEqual([400, false]);
  expect(await status({ scope: "repo" })).toEqual([400, false]);
  expect(await status({ scope: undefined })).toEqual([400, false]);
  expect(await status({ response_type: undefined })).toEqual([400, false]);
  expect(await status({ code_challenge_method: "S512" })).toEqual([400, false]);
});

it("accepts any loopback port for an installed application", async () => {
  const google = await running(startGoogle({ clientType: "installed", redirectUris: [CALLBACK] }));
  const url = authorizationUrl(google, { scope: "openid", redirect_uri: "http://127.0.0.1:5555" });
  expect(await google.authorize(url)).toContain("http://127.0.0.1:5555/?");
  const outside = authorizationUrl(google, { scope: "openid", redirect_uri: "https://a.example" });
  await expect(google.authorize(outside)).rejects.toThrow("redirect_uri_mismatch");
});

it("answers a denial with access_denied and state", async () => {
  const google = await running(startGoogle());
  const url = authorizationUrl(google, { scope: "openid" });
  expect(await google.authorize(url, { deny: true })).toBe(
    `${CALLBACK}?error=access_denied&state=some-state`,
  );
});

it("answers prompt=none without a page, with an error until the user has consented", async () => {
  const google = await running(startGoogle());
  const silent = authorizationUrl(google, { scope: "openid", prompt: "none" });
  expect(parameter(await google.authorize(silent), "error")).toBe("interaction_required");
  google.configure({ promptNoneError: "access_denied" });
  expect(parameter(await google.authorize(silent), "error")).toBe("access_denied");
  await google.authorize(authorizationUrl(google, { scope: "openid" }));
  const callback = await google.authorize(silent);
  expect(parameter(callback, "code")).toMatch(/^4\//);
  expect(parameter(callback, "prompt")).toBe("none");
  const more = authorizationUrl(google, { scope: `openid ${DRIVE}`, prompt: "none" });
  expect(parameter(await google.authorize(more), "error")).toBe("access_denied");
});

it("preselects the user of login_hint, or one of the hd domain", async () => {
  const google = await running(startGoogle());
  const hinted = authorizationUrl(google, { scope: "openid", hd: "navy.example" });
  expect(parameter(await google.authorize(hinted), "hd")).toBe("navy.example");
  const other = await google.authorize(hinted, { user: "ada.lovelace@gmail.com" });
  expect(parameter(other, "hd")).toBeUndefined();
  const byAddress = { scope: "openid", login_hint: "grace@navy.example" };
  const callback = await google.authorize(authorizationUrl(google, byAddress));
  expect(parameter(callback, "hd")).toBe("navy.example");
});

it("puts tokens into the fragment for the implicit grant", async () => {
  const google = await running(startGoogle());
  const url = authorizationUrl(google, {
    scope: "openid",
    response_type: "token id_token",
    nonce: "some-nonce",
  });
  const callback = new URL(await google.authorize(url));
  expect(callback.search).toBe("");
  const fragment = Object.fromEntries(new URLSearchParams(callback.hash.slice(1)));
  expect(fragment).toMatchObject({
    state: "some-state",
    token_type: "Bearer",
    expires_in: "3599",
    access_token: expect.stringMatching(/^ya29\./),
    id_token: expect.stringMatching(/^ey/),
  });
});
