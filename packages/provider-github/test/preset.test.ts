import { describe, expect, it } from "@jest/globals";
import {
  ConfigurationError,
  github,
  GitHubClient,
  type GitHubClientOptions,
} from "@grantkit/provider-github";

const options: GitHubClientOptions = {
  clientId: "id",
  clientSecret: "secret",
  redirectUri: "https://app.example.com/callback",
};

describe("the host", () => {
  it("is github.com by default", () => {
    expect(github()).toMatchObject({
      name: "github",
      issuer: "https://github.com/login/oauth",
      endpoints: {
        authorization: "https://github.com/login/oauth/authorize",
        token: "https://github.com/login/oauth/access_token",
        deviceAuthorization: "https://github.com/login/device/code",
      },
      api: { baseUrl: "https://api.github.com", headers: { "X-GitHub-Api-Version": "2026-03-10" } },
    });
  });

  it("can be an Enterprise Server: its API is a path, and it is sent no version by default", () => {
    const { issuer, api, endpoints } = github({ host: "GitHub.acme.com" });
    expect(issuer).toBe("https://github.acme.com/login/oauth");
    expect(endpoints.token).toBe("https://github.acme.com/login/oauth/access_token");
    expect(api?.baseUrl).toBe("https://github.acme.com/api/v3");
    expect(api?.headers).not.toHaveProperty("X-GitHub-Api-Version");
    expect(github({ host: "ghes.local:8443", apiVersion: "2022-11-28" }).api).toMatchObject({
      baseUrl: "https://ghes.local:8443/api/v3",
      headers: { "X-GitHub-Api-Version": "2022-11-28" },
    });
  });

  it("can be a GHE.com subdomain: its API is a subdomain", () => {
    expect(github({ host: "octo.ghe.com" })).toMatchObject({
      issuer: "https://octo.ghe.com/login/oauth",
      endpoints: { authorization: "https://octo.ghe.com/login/oauth/authorize" },
      api: { baseUrl: "https://api.octo.ghe.com" },
    });
  });

  it.each(["https://github.acme.com", "github.acme.com/x", "", "-x.com", "a b", "u@github.com"])(
    "is not %j",
    (host) => {
      expect(() => github({ host })).toThrow(/host must be a host name/);
    },
  );
});

describe("the client's options", () => {
  it("are checked together with the preset's options, in one error", () => {
    try {
      throw new GitHubClient({ host: "https://x", clientID: "typo", redirectUri: "nope" } as never);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      expect((error as ConfigurationError).problems.map((text) => text.split(" ")[0])).toEqual([
        "host",
        "clientID",
        "clientId",
        "redirectUri",
      ]);
    }
  });

  it("may leave the preset's options out or undefined, as an unset environment variable is", () => {
    expect(new GitHubClient({ ...options, host: undefined }).provider.issuer).toBe(
      "https://github.com/login/oauth",
    );
  });
});

it("sends the token to the host for release assets, of github.com only", async () => {
  const sent: string[] = [];
  const adapter: GitHubClientOptions["http"] = {
    adapter: (config) => {
      sent.push(String(config.url));
      return Promise.resolve({ status: 200, statusText: "", data: "{}", headers: {}, config });
    },
  };
  const url = "https://uploads.github.com/repos/o/r/releases/1/assets?name=a";
  const here = new GitHubClient({ ...options, http: adapter });
  await here.session({ accessToken: "at" }).post(url, "bytes");
  const there = new GitHubClient({ ...options, http: adapter, host: "octo.ghe.com" });
  await expect(there.session({ accessToken: "at" }).post(url, "bytes")).rejects.toMatchObject({
    code: "ORIGIN_NOT_ALLOWED",
  });
  expect(sent).toEqual([url]);
});

it("lists what is missing when it is called without options", () => {
  const nothing = undefined as unknown as GitHubClientOptions;
  expect(() => new GitHubClient(nothing)).toThrow(/clientId is missing/);
});
