import { expect, it } from "@jest/globals";
import type { AuthorizationRequest } from "@grantkit/core";
import { generateKeyPairSync, sign } from "node:crypto";
import { gitlab } from "../src/gitlab.ts";
import { ProviderServer } from "./support/provider-server.ts";

const server = await ProviderServer.startForFile();

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
// GitLab's URL is a parameter, so the endpoints need not be overridden.
const client = server.client(gitlab({ url: server.origin }), {});
let claims: Readonly<Record<string, unknown>>;

function idToken(): string {
  const input = [{ alg: "RS256", kid: "k1", typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
}

function begun({ nonce }: AuthorizationRequest): void {
  const now = server.time / 1000;
  claims = { iss: server.origin, sub: "42", aud: "client", iat: now, exp: now + 120, nonce };
}

server.other = ({ url, body, headers }) => {
  if (url === "/oauth/discovery/keys") {
    const jwk = publicKey.export({ format: "jwk" });
    return { body: { keys: [{ ...jwk, kid: "k1", alg: "RS256", use: "sig" }] } };
  }
  if (url === "/oauth/userinfo") {
    const known = headers.authorization === "Bearer at-2";
    return known
      ? { body: { sub: "42", name: "Ada", email: "a@example.com", email_verified: true } }
      : { status: 401, body: { error: "invalid_token" } };
  }
  const access_token = body.includes("grant_type=refresh_token") ? "at-2" : "at-1";
  return {
    body: {
      access_token,
      refresh_token: "rt-1",
      token_type: "Bearer",
      expires_in: 7200,
      id_token: idToken(),
    },
  };
};

it("signs in with a verified ID token, refreshes, and reads the user", async () => {
  const token = await server.signIn(client, begun);
  expect(token.claims).toMatchObject({ sub: "42" });
  const renewed = await client.refreshToken(token);
  await expect(client.profile(renewed)).resolves.toMatchObject({
    id: "42",
    name: "Ada",
    emailVerified: true,
  });
  server.api = () => ({ body: [{ id: 1 }] });
  await client.session(renewed).get("/projects");
  expect(server.apiRequests[0]).toMatchObject({
    url: "/api/v4/projects",
    headers: { authorization: "Bearer at-2" },
  });
});

it("refuses an ID token of another GitLab server", async () => {
  const failing = server.signIn(client, (request) => {
    begun(request);
    claims = { ...claims, iss: "https://gitlab.com" };
  });
  await expect(failing).rejects.toMatchObject({
    code: "ID_TOKEN_INVALID",
    details: { claim: "iss" },
  });
});

it("defaults to gitlab.com, and refuses plain http", () => {
  expect(gitlab().endpoints.authorization).toBe("https://gitlab.com/oauth/authorize");
  expect(() => gitlab({ url: "http://git.example.com" })).toThrow(/must use https/);
});
