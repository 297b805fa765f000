import { generateKeyPairSync, sign } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { defineProvider, OAuth2Client } from "@grantkit/core";
import { apiCall } from "../src/flows/api-call.ts";
import { FormValues } from "../src/flows/form-values.ts";
import { jwtsOf } from "../src/jwt/jwts-of-run.ts";
import { type JwtVerdict, verdictOf } from "../src/jwt/jwt-verdict.ts";
import { jwtPanel } from "../src/pages/run/jwt-panel.ts";
import { Run } from "../src/runs/run.ts";
import type { Target } from "../src/targets/target.ts";

const ISSUER = "https://id.example";
const LOGOUT = { "http://schemas.openid.net/event/backchannel-logout": {} };

let client: OAuth2Client;
let signed: (claims: object) => string;
beforeAll(() => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keys = [{ ...publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" }];
  signed = (claims) => {
    const text = [{ alg: "RS256", kid: "1" }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
  };
  const provider = defineProvider({
    name: "example",
    issuer: ISSUER,
    endpoints: {
      authorization: `${ISSUER}/authorize`,
      token: `${ISSUER}/token`,
      jwks: `${ISSUER}/keys`,
    },
  });
  client = new OAuth2Client(provider, {
    clientId: "app",
    redirectUri: "https://app.example/callback",
    http: {
      adapter: async (config) => ({
        status: 200,
        statusText: "OK",
        headers: { "content-type": "application/json" },
        config,
        data: Buffer.from(JSON.stringify({ keys })),
      }),
    },
  });
});

/** What the page says of a JWT that was typed in, after the SDK verified or refused it. */
async function verdict(
  claims: object,
  verify: (jwt: string) => Promise<unknown>,
): Promise<JwtVerdict> {
  const now = Math.floor(Date.now() / 1000);
  const common = { iss: ISSUER, aud: "app", sub: "ada", iat: now, exp: now + 60, jti: "1" };
  const jwt = signed({ ...common, ...claims });
  const values = new FormValues(new URLSearchParams({ jwt }));
  const run = new Run(1, { faults: [] } as unknown as Target, apiCall, values);
  try {
    await verify(jwt);
    run.succeed({ title: "", verifiedJwt: jwt });
  } catch (error) {
    run.fail(error);
  }
  const [found] = jwtsOf(run);
  if (!found) throw new Error("The JWT was not found.");
  return verdictOf(run, found);
}

const titlesOf = ({ checks }: JwtVerdict, wanted: string): string =>
  checks
    .filter(({ state }) => state === wanted)
    .map(({ title }) => title)
    .join();

const logout = (jwt: string): Promise<unknown> => client.verifyLogoutToken(jwt);
const event = (jwt: string): Promise<unknown> => client.verifySecurityEvent(jwt);
const idToken = (jwt: string): Promise<unknown> => client.verifyIdToken(jwt);
const COMMON = "Format,Algorithm,Extensions,Key,Signature,aud,exp,iss";

describe("the verdict on a JWT", () => {
  it("ticks what is checked of each kind", async () => {
    const kinds = [
      [{}, idToken, `${COMMON},Kind,sub,iat`],
      [{ events: LOGOUT }, logout, `${COMMON},Kind,events,nonce,jti,sub, sid,iat`],
      [{ events: { "urn:example": {} } }, event, `${COMMON},Kind,events,jti,iat`],
    ] as const;
    for (const [claims, verify, passed] of kinds) {
      const found = await verdict(claims, verify);
      expect(found.result).toBe("verified");
      expect(titlesOf(found, "passed")).toBe(passed);
    }
  });

  it.each([
    [
      "an ID token as a logout token",
      {},
      logout,
      "events",
      "Format,Algorithm,Extensions,Key,Signature",
      "events is missing",
    ],
    [
      "a logout token as an ID token",
      { events: LOGOUT },
      idToken,
      "Kind",
      COMMON,
      "it is a logout token",
    ],
    [
      "a logout token with a nonce",
      { events: LOGOUT, nonce: "x" },
      logout,
      "nonce",
      `${COMMON},Kind,events`,
      "it has a nonce",
    ],
    [
      "an event that is a list",
      { events: [] },
      event,
      "events",
      `${COMMON},Kind`,
      "events does not say",
    ],
    [
      "an ID token without a subject",
      { sub: undefined },
      idToken,
      "sub",
      "Format,Algorithm,Extensions,Key,Signature",
      "sub is missing",
    ],
    [
      "an ID token for others, too",
      { aud: ["app", "other"] },
      idToken,
      "aud",
      "Format,Algorithm,Extensions,Key,Signature",
      "aud has audiences beside this client",
    ],
  ])(
    "crosses where the SDK stopped, and claims nothing after: %s",
    async (_, claims, verify, failed, passed, reason) => {
      const found = await verdict(claims, verify);
      expect(found.result).toBe("refused");
      expect(titlesOf(found, "failed")).toBe(failed);
      expect(titlesOf(found, "passed")).toBe(passed);
      expect(found.checks.find(({ state }) => state === "failed")?.reason).toContain(reason);
    },
  );
});

it("the page says why the ID token of a refresh was not checked, where the refresh succeeded without", () => {
  const values = new FormValues(new URLSearchParams());
  const run = new Run(1, { faults: [] } as unknown as Target, apiCall, values);
  run.add({
    provider: { name: "example", title: "Example" },
    between: "demo → provider",
    method: "POST",
    url: `${ISSUER}/token`,
    requestBody: "grant_type=refresh_token",
    responseBody: JSON.stringify({ id_token: signed({ sub: "ada" }) }),
  });
  run.succeed({ title: "" });
  expect(String(jwtPanel(run))).toContain("The SDK could not verify it now, and kept the earlier");
});
