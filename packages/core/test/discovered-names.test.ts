import { describe, expect, it } from "@jest/globals";
import { OAuth2Client } from "@grantkit/core";

/** The name that the provider of an issuer gets; no server is asked. */
async function nameOf(issuer: string): Promise<string> {
  const client = await OAuth2Client.discover(issuer, {
    clientId: "c",
    http: {
      adapter: (config) =>
        Promise.resolve({
          status: 200,
          statusText: "",
          headers: { "content-type": "application/json" },
          data: Buffer.from(JSON.stringify({ issuer, token_endpoint: "https://id.example/token" })),
          config,
        }),
    },
  });
  return client.provider.name;
}

describe("a discovered provider without a name", () => {
  it.each([
    ["https://id.acme.example", "id-acme-example"],
    ["https://id.acme.example/", "id-acme-example"],
    ["https://ID.Acme.Example", "id-acme-example"],
    ["https://www.acme.example", "acme-example"],
    ["https://id.acme.example:8443", "id-acme-example-8443"],
    ["https://id.acme.example/realms/one", "id-acme-example-realms-one"],
    ["https://id.acme.example/realms/my-realm", "id-acme-example-realms-my--realm"],
    ["http://127.0.0.1:8080", "localhost-8080"],
    ["http://localhost:8080", "localhost-8080"],
    ["http://[::1]:8080", "localhost-8080"],
    ["http://127.0.0.1:8080/realms/one", "localhost-8080-realms-one"],
    ["http://127.0.0.2:8080", "ip-127-0-0-2-8080"],
    ["https://10.1.2.3", "ip-10-1-2-3"],
    ["https://[fd00::1]", "ip-fd00--1"],
    ["https://1password.example", "issuer-1password-example"],
  ])("%s is named %s", async (issuer, name) => {
    expect(await nameOf(issuer)).toBe(name);
  });

  it("has a name of its own for every path of a host", async () => {
    const paths = [
      "",
      "/a",
      "/A",
      "/a/",
      "//a",
      "/a/b",
      "/a-b",
      "/a--b",
      "/a_b",
      "/a.b",
      "/a%2Fb",
      "/a/b/",
      "/ab",
      "/%C3%A4",
      "/%C3%B6",
      "/8443",
      "/8443/a",
    ];
    const issuers = ["https://id.acme.example", "https://id.acme.example:8443"].flatMap((host) =>
      paths.map((path) => host + path),
    );
    const names = await Promise.all(issuers.map((issuer) => nameOf(issuer)));
    expect(new Set(names).size).toBe(issuers.length);
    expect(names.filter((name) => !/^[a-z][a-z0-9-]*$/.test(name))).toEqual([]);
  });

  it("has the same name each time, because stored authorization requests hold it", async () => {
    const issuer = "https://login.example/11111111-aaaa/v2.0";
    expect(await nameOf(issuer)).toBe(await nameOf(issuer));
    expect(await nameOf(issuer)).toMatch(/^login-example-11111111--aaaa-v2-0-[a-z0-9]{1,7}$/);
  });
});
