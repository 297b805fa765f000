import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { GoogleClient, type GoogleClientOptions } from "@grantkit/provider-google";
import { GoogleByAdapter, GoogleKeys } from "./support/google-by-adapter.ts";

const NOW = Date.UTC(2026, 10, 21);
const WEB = "1234-web.apps.googleusercontent.com";
const ANDROID = "1234-android.apps.googleusercontent.com";
const CERTS = "https://www.googleapis.com/oauth2/v3/certs";

const keys = new GoogleKeys();
let google: GoogleByAdapter;
beforeEach(() => {
  google = new GoogleByAdapter({ [CERTS]: () => ({ body: keys.jwks }) });
});

const clientOf = (options: Partial<GoogleClientOptions> = {}) =>
  new GoogleClient({
    clientId: WEB,
    clock: { now: () => NOW, after: () => () => undefined },
    http: google.http,
    ...options,
  });

/** The claims of Google's documented sample. */
const CLAIMS = {
  iss: "https://accounts.google.com",
  azp: WEB,
  aud: WEB,
  sub: "3141592653589793238",
  hd: "navy.example",
  email: "grace@navy.example",
  email_verified: true,
  name: "Grace Hopper",
  picture: "https://lh3.googleusercontent.com/a-/e2718281828459045",
  nbf: NOW / 1000 - 10,
  iat: NOW / 1000 - 5,
  exp: NOW / 1000 + 3595,
  jti: "abc161803398874def",
};

const credentialWith = (changes: object = {}) => keys.sign({ ...CLAIMS, ...changes });

const form = (fields: Record<string, string>, cookie?: string) =>
  new Request("https://app.example.com/google", {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(cookie !== undefined && { cookie }),
    },
    body: new URLSearchParams(fields),
  });

const posted = (changes: Record<string, string> = {}) => ({
  credential: credentialWith(),
  g_csrf_token: "csrf-7",
  client_id: WEB,
  select_by: "btn",
  state: "page-4",
  ...changes,
});

describe("a credential that a page sent", () => {
  it("is verified, and gives the user's profile", async () => {
    const { claims, profile } = await clientOf().verifyCredential(credentialWith());
    expect(claims).toMatchObject({ sub: CLAIMS.sub, hd: "navy.example" });
    expect(profile).toMatchObject({
      id: CLAIMS.sub,
      email: "grace@navy.example",
      emailVerified: true,
      emailAuthoritative: true,
      hostedDomain: "navy.example",
      name: "Grace Hopper",
    });
  });

  it("may name its issuer without https, and no other", async () => {
    const client = clientOf();
    const bare = credentialWith({ iss: "accounts.google.com" });
    await expect(client.verifyCredential(bare)).resolves.toBeDefined();
    const foreign = credentialWith({ iss: "https://accounts.google.com.evil.example" });
    await expect(client.verifyCredential(foreign)).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
  });

  it.each([
    ["aud", { aud: "another.apps.googleusercontent.com" }],
    ["azp", { azp: "another.apps.googleusercontent.com" }],
    ["exp", { exp: NOW / 1000 - 301 }],
    ["iat", { iat: NOW / 1000 + 301 }],
    ["nbf", { nbf: NOW / 1000 + 301 }],
    ["sub", { sub: undefined }],
  ])("is refused with a wrong %s", async (claim, changes) => {
    await expect(clientOf().verifyCredential(credentialWith(changes))).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim },
    });
  });

  it("is refused when somebody else signed it, or when it was changed", async () => {
    const forged = new GoogleKeys().sign(CLAIMS);
    await expect(clientOf().verifyCredential(forged)).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "signature" },
    });
    const [head, , signature] = credentialWith().split(".");
    const other = Buffer.from(JSON.stringify({ ...CLAIMS, sub: "1" })).toString("base64url");
    const changed = `${head}.${other}.${signature}`;
    const error: unknown = await clientOf()
      .verifyCredential(changed)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ID_TOKEN_INVALID", details: { claim: "signature" } });
    expect(JSON.stringify(error)).not.toContain(signature);
  });

  it("must have the nonce of the page where one was sent", async () => {
    const client = clientOf();
    const credential = credentialWith({ nonce: "nonce-7" });
    await expect(client.verifyCredential(credential, { nonce: "nonce-7" })).resolves.toBeDefined();
    for (const wrong of [credential, credentialWith()]) {
      await expect(client.verifyCredential(wrong, { nonce: "nonce-8" })).rejects.toMatchObject({
        code: "ID_TOKEN_INVALID",
        details: { claim: "nonce" },
      });
    }
    await expect(
      client.verifyCredential(credential, { nonce: undefined } as never),
    ).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  });

  it("must be of a Workspace domain where one is required", async () => {
    const client = clientOf();
    const verify = (changes: object, hostedDomain: string | readonly string[]) =>
      client.verifyCredential(credentialWith(changes), { hostedDomain });
    await expect(verify({}, "Navy.example")).resolves.toBeDefined();
    await expect(verify({}, "*")).resolves.toBeDefined();
    await expect(verify({}, ["army.example", "navy.example"])).resolves.toBeDefined();
    for (const [changes, domain] of [
      [{ hd: "army.example" }, "navy.example"],
      [{ hd: undefined }, "navy.example"],
      [{ hd: undefined }, "*"],
      [{}, []],
    ] as const) {
      await expect(verify(changes, domain)).rejects.toMatchObject({
        code: "ID_TOKEN_INVALID",
        details: { claim: "hd" },
      });
    }
  });

  it("of your Android app is accepted where its client ID is listed", async () => {
    const phone = credentialWith({ azp: ANDROID });
    const listed = clientOf({ authorizedParties: [ANDROID] });
    expect((await listed.verifyCredential(phone)).claims).toMatchObject({ aud: WEB, azp: ANDROID });
    await expect(clientOf().verifyCredential(phone)).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "azp" },
      message: expect.stringContaining("list them in the option authorizedParties"),
    });
    const ofPhone = credentialWith({ aud: ANDROID, azp: ANDROID });
    await expect(listed.verifyCredential(ofPhone)).resolves.toBeDefined();
  });

  it.each([undefined, 7, "", null])("is not %j", async (given) => {
    await expect(clientOf().verifyCredential(given as never)).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:ID_TOKEN_INVALID|CALLBACK_INVALID)$/),
    });
    expect(google.requests).toHaveLength(0);
  });

  it("names an option that does not exist", async () => {
    const options = { hostedDomian: "navy.example" } as never;
    await expect(clientOf().verifyCredential(credentialWith(), options)).rejects.toThrow(
      /hostedDomian.*hostedDomain/s,
    );
  });
});

describe("the form that Google's button posts", () => {
  it("is verified when its g_csrf_token is that of the cookie", async () => {
    const cookie = "theme=dark; g_csrf_token=csrf-7; other=1";
    const found = await clientOf().verifyCredential(form(posted(), cookie));
    expect(found).toMatchObject({ selectBy: "btn", state: "page-4", profile: { id: CLAIMS.sub } });
  });

  it.each([
    ["no cookie", posted(), undefined],
    ["another cookie", posted(), "g_csrf_token=csrf-8"],
    ["an empty pair", posted({ g_csrf_token: "" }), "g_csrf_token="],
    ["no field", { credential: "a.b.c" }, "g_csrf_token=csrf-7"],
    ["no cookie and no field", { credential: "a.b.c" }, undefined],
    ["two different cookies", posted(), "g_csrf_token=csrf-7; g_csrf_token=csrf-8"],
    ["a cookie whose name only ends so", posted(), "xg_csrf_token=csrf-7"],
  ])("is refused with %s, before anything is sent", async (_case, fields, cookie) => {
    const error: unknown = await clientOf()
      .verifyCredential(form(fields, cookie))
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "STATE_MISMATCH",
      provider: "google",
      details: { parameter: "g_csrf_token" },
    });
    expect(String(error)).not.toContain("csrf-");
    expect(google.requests).toHaveLength(0);
  });

  it("is refused with two credentials, or with none", async () => {
    const body = new URLSearchParams({ g_csrf_token: "csrf-7" });
    for (const credentials of [[], ["a.b.c", credentialWith()]]) {
      for (const credential of credentials) body.append("credential", credential);
      const headers = { cookie: "g_csrf_token=csrf-7" };
      const request = new Request("https://app.example.com/", { method: "POST", headers, body });
      await expect(clientOf().verifyCredential(request)).rejects.toMatchObject({
        code: "CALLBACK_INVALID",
      });
    }
  });

  it("is a form: for JSON, the error says to pass the credential that is in it", async () => {
    const request = new Request("https://app.example.com/google", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ credential: credentialWith() }),
    });
    await expect(clientOf().verifyCredential(request)).rejects.toMatchObject({
      code: "CALLBACK_INVALID",
      message:
        "The request must be a POST of a form. Pass the request itself; where your page sends JSON, pass the credential that is in it.",
    });
  });

  it("is a POST: a link cannot sign anybody in", async () => {
    const query = new URLSearchParams(posted()).toString();
    const headers = { cookie: "g_csrf_token=csrf-7" };
    const request = new Request(`https://app.example.com/google?${query}`, { headers });
    await expect(clientOf().verifyCredential(request)).rejects.toMatchObject({
      code: "CALLBACK_INVALID",
    });
  });

  it("is read from a request of Node's, with a body parser or without one", async () => {
    const client = clientOf();
    const results: unknown[] = [];
    const server = createServer((request, response) => {
      void client
        .verifyCredential(request)
        .then(
          ({ profile }) => results.push(profile.id),
          (error: unknown) => results.push(error),
        )
        .finally(() => response.end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve, reject) => {
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        cookie: "g_csrf_token=csrf-7",
      };
      send({ port, host: "127.0.0.1", method: "POST", headers }, (response) => {
        response.resume().on("end", resolve);
      })
        .on("error", reject)
        .end(new URLSearchParams(posted()).toString());
    });
    await new Promise((resolve) => server.close(resolve));
    expect(results).toEqual([CLAIMS.sub]);
    const express = {
      method: "POST",
      url: "/google",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        cookie: "g_csrf_token=csrf-7",
      },
      body: posted(),
    };
    expect((await client.verifyCredential(express)).profile.id).toBe(CLAIMS.sub);
  });
});
