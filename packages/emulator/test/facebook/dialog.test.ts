import { expect, it } from "@jest/globals";
import { startFacebook } from "../../src/index.ts";
import { closedAfterEach } from "../support/running.ts";
import { authorizationUrl, CALLBACK, exchange, get, json, parameter } from "../support/wire.ts";

const running = closedAfterEach();

it("sends code and state, and ends the URL with #_=_", async () => {
  const facebook = await running(startFacebook());
  const callback = await facebook.authorize(authorizationUrl(facebook, { scope: "email" }));
  expect(callback).toMatch(/\?code=AQ[\w-]+&state=some-state#_=_$/);
});

it("reports a denial with four parameters", async () => {
  const facebook = await running(startFacebook());
  const callback = await facebook.authorize(authorizationUrl(facebook), { deny: true });
  expect(callback).toBe(
    `${CALLBACK}?error=access_denied&error_code=200&error_description=Permissions+error&error_reason=user_denied&state=some-state#_=_`,
  );
});

it("redirects with error_code and error_message, and no error, on demand", async () => {
  const facebook = await running(startFacebook({ dialogError: true }));
  const callback = new URL(await facebook.authorize(authorizationUrl(facebook)));
  expect(Object.fromEntries(callback.searchParams)).toEqual({
    error_code: "1349048",
    error_message: expect.stringContaining("Can't Load URL"),
    state: "some-state",
  });
  expect(callback.hash).toBe("#_=_");
});

it("lists granted and declined permissions on request", async () => {
  const facebook = await running(startFacebook());
  const scope = "email,user_birthday";
  const url = authorizationUrl(facebook, { scope, response_type: "code granted_scopes" });
  const callback = await facebook.authorize(url, { scopes: ["user_birthday"] });
  expect(parameter(callback, "granted_scopes")).toBe("public_profile,user_birthday");
  expect(parameter(callback, "denied_scopes")).toBe("email");
});

it("keeps a declined permission declined until rerequest", async () => {
  const facebook = await running(startFacebook());
  const ask = async (more: Record<string, string>, scopes?: string[]): Promise<unknown> => {
    const url = authorizationUrl(facebook, {
      scope: "email",
      response_type: "code granted_scopes",
      ...more,
    });
    const choice = scopes === undefined ? {} : { scopes };
    return parameter(await facebook.authorize(url, choice), "granted_scopes");
  };
  expect(await ask({}, [])).toBe("public_profile");
  expect(await ask({})).toBe("public_profile");
  expect(await ask({ auth_type: "rerequest" })).toBe("public_profile,email");
  expect(await ask({})).toBe("public_profile,email");
});

it("blocks redirect URIs that do not match exactly, including the query, except for state", async () => {
  const registered = `${CALLBACK}?tenant=1`;
  const facebook = await running(startFacebook({ redirectUris: [registered] }));
  const reach = (uri: string): Promise<string> =>
    facebook.authorize(authorizationUrl(facebook, { redirect_uri: uri }));
  expect(await reach(registered)).toContain("?tenant=1&code=");
  expect(await reach(`${registered}&state=x`)).toContain("&code=");
  await expect(reach(CALLBACK)).rejects.toThrow("URL blocked");
  await expect(reach(`${registered}&more=1`)).rejects.toThrow("code 191");
  const unknown = authorizationUrl(facebook, { client_id: "1" });
  await expect(facebook.authorize(unknown)).rejects.toThrow("Invalid app ID");
});

it("puts the token into the fragment for the implicit grant", async () => {
  const facebook = await running(startFacebook());
  const url = authorizationUrl(facebook, { response_type: "code token" });
  const callback = new URL(await facebook.authorize(url));
  expect(callback.search).toBe("");
  expect(Object.fromEntries(new URLSearchParams(callback.hash.slice(1)))).toMatchObject({
    access_token: expect.stringMatching(/^EAA/),
    expires_in: "5183944",
    data_access_expiration_time: expect.stringMatching(/^\d+$/),
    code: expect.stringMatching(/^AQ/),
    state: "some-state",
  });
});

it("takes the permissions of a login configuration instead of the scope", async () => {
  const loginConfigurations = { "42": ["pages_show_list"] };
  const facebook = await running(startFacebook({ loginConfigurations }));
  const ask = (configId: string): Promise<string> =>
    facebook.authorize(
      authorizationUrl(facebook, {
        config_id: configId,
        scope: "email",
        response_type: "granted_scopes",
      }),
    );
  expect(parameter(await ask("42"), "granted_scopes")).toBe("public_profile,pages_show_list");
  await expect(ask("43")).rejects.toThrow("config_id 43");
});

it("sends iss only if the switch is on", async () => {
  const facebook = await running(startFacebook());
  const iss = async (): Promise<unknown> =>
    parameter(await facebook.authorize(authorizationUrl(facebook)), "iss");
  expect(await iss()).toBeUndefined();
  facebook.configure({ iss: true });
  expect(await iss()).toBe(facebook.endpoints.issuer);
  facebook.configure({ iss: "wrong" });
  expect(await iss()).toBe("https://issuer.invalid");
});

it("serves available versions, upgrades expired and missing ones, and rejects future ones", async () => {
  const facebook = await running(startFacebook({ now: () => Date.parse("2026-11-20") }));
  const callback = await facebook.authorize(authorizationUrl(facebook));
  const token = String((await json(exchange(facebook, callback)))["access_token"]);
  const version = async (prefix: string): Promise<[number, string | null]> => {
    const reply = await get(`${facebook.origin}${prefix}/me`, token);
    return [reply.status, reply.headers.get("facebook-api-version")];
  };
  expect(await version("/v26.0")).toEqual([200, "v26.0"]);
  expect(await version("/v23.0")).toEqual([200, "v23.0"]);
  expect(await version("/v20.0")).toEqual([200, "v21.0"]);
  expect(await version("/v3.2")).toEqual([200, "v21.0"]);
  expect(await version("")).toEqual([200, "v21.0"]);
  expect((await version("/v99.0"))[0]).toBe(400);
});
