import { describe, expect, it } from "@jest/globals";
import { defineProvider, OAuth2Client, type SessionOptions } from "@grantkit/core";

const endpoints = { authorization: "https://id.example/a", token: "https://id.example/t" };
const token = { accessToken: "at-loopback-0001" };

/** Each option that takes a URL which secrets are sent to, given an http origin. */
const USES: readonly [string, (origin: string) => unknown][] = [
  ["endpoints.token", (at) => provider({ endpoints: { ...endpoints, token: `${at}/t` } })],
  ["endpoints.userInfo", (at) => provider({ endpoints: { ...endpoints, userInfo: `${at}/u` } })],
  ["api.baseUrl", (at) => provider({ api: { baseUrl: `${at}/v1` } })],
  ["api.origins", (at) => provider({ api: { baseUrl: "https://api.example", origins: [at] } })],
  ["redirectUri", (at) => client(`${at}/callback`)],
  [
    "redirectUri of one request",
    (at) => client().authorizationRequest({ redirectUri: `${at}/callback` }),
  ],
  ["allowedOrigins", (at) => client().session(token, { allowedOrigins: [at] })],
];

function provider(changes: object) {
  return defineProvider({ name: "example", endpoints, ...changes });
}

function client(redirectUri = "https://app.example/callback"): OAuth2Client {
  return new OAuth2Client(provider({}), { clientId: "id", redirectUri });
}

async function accepts(use: (origin: string) => unknown, origin: string): Promise<boolean> {
  try {
    await use(origin);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "CONFIGURATION_INVALID" });
    return false;
  }
}

describe.each(USES)("plain http in %s", (_name, use) => {
  it.each([
    "http://localhost",
    "http://localhost:3000",
    "http://127.0.0.1:8080",
    "http://127.0.0.2",
    "http://127.255.255.254:1",
    "http://[::1]:3000",
  ])("is allowed for the loopback host of %s", async (origin) => {
    expect(await accepts(use, origin)).toBe(true);
  });

  it.each([
    ["http://app.localhost", "a name below localhost, which the resolver may send anywhere"],
    ["http://evil.localhost:3000", "a name below localhost"],
    ["http://.localhost", "an empty label"],
    ["http://localhost.", "a fully qualified name"],
    ["http://app.localhost.", "a fully qualified name"],
    ["http://localhost.example.com", "a name that begins with localhost"],
    ["http://notlocalhost", "a name that ends with localhost"],
    ["http://127.0.0.1.example.com", "a name that begins with an address"],
    ["http://127.example.com", "a name that begins with a number"],
    ["http://[::ffff:7f00:1]", "an IPv4-mapped address"],
    ["http://[::]", "the unspecified address"],
    ["http://0.0.0.0", "the unspecified address"],
    ["http://128.0.0.1", "another network"],
    ["http://10.0.0.1", "a private address"],
    ["http://ip6-localhost", "a name of /etc/hosts"],
  ])("is refused for %s: %s", async (origin) => {
    expect(await accepts(use, origin)).toBe(false);
  });
});

describe("a request to a plain http URL", () => {
  const options: SessionOptions = {};
  it("does not carry the token to a name below localhost", async () => {
    for (const send of ["get", "fetch"] as const) {
      await expect(
        client().session(token, options)[send]("http://api.localhost:1/me"),
      ).rejects.toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
    }
  });

  it("is not sent for the metadata of an issuer below localhost", async () => {
    await expect(
      OAuth2Client.discover("http://id.localhost:1", { clientId: "id" }),
    ).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  });
});
