import { afterEach, expect, it } from "@jest/globals";
import { type GitHubEmulator, startGitHub } from "@grantkit/emulator";
import { ConfigurationError, github, GitHubClient } from "@grantkit/provider-github";
import { signIn, startedGitHub } from "./support.ts";

const running: GitHubEmulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
});

it("signs a user in at an Enterprise Server without PKCE, and sends it no API version", async () => {
  const { emulator, client } = await startedGitHub(
    { enterpriseServer: true, iss: false },
    { host: "github.acme.com" },
  );
  running.push(emulator);
  const token = await signIn(client, emulator);
  expect(await client.profile(token)).toMatchObject({ id: "1815", username: "ada-l" });
  const [call] = emulator.requests.filter(({ path }) => path === "/api/user");
  expect(call?.headers).not.toHaveProperty("x-github-api-version");
});

it("sends the token to the API of the configured host, GraphQL included, and to no other GitHub", async () => {
  const sent: string[] = [];
  const sessionAt = (host?: string) =>
    new GitHubClient({
      clientId: "id",
      redirectUri: "https://app.example.com/callback",
      host,
      http: {
        adapter: (config) => {
          sent.push(String(config.url));
          return Promise.resolve({ status: 200, statusText: "", data: "{}", headers: {}, config });
        },
      },
    }).session({ accessToken: "at" });
  await sessionAt().post("/graphql");
  await sessionAt("octo.ghe.com").get("/user");
  await sessionAt("github.acme.com").get("/user");
  await sessionAt("github.acme.com").post("https://github.acme.com/api/graphql");
  expect(sent).toEqual([
    "https://api.github.com/graphql",
    "https://api.octo.ghe.com/user",
    "https://github.acme.com/api/v3/user",
    "https://github.acme.com/api/graphql",
  ]);
  for (const [host, url] of [
    ["github.acme.com", "https://api.github.com/user"],
    ["octo.ghe.com", "https://api.other.ghe.com/user"],
    [undefined, "https://github.com/login"],
    [undefined, "https://raw.githubusercontent.com/a/b"],
  ] as const) {
    await expect(sessionAt(host).get(url)).rejects.toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
  }
});

it.each([
  ["github.acme.com:99999", /^host must be a host name/],
  ["api.github.com", /^host must be the host of the web site, without api\./],
  ["api.octo.ghe.com", /^host must be the host of the web site, without api\./],
  [7, /^host must be a host name/],
])("refuses the host %j", (host, problem) => {
  expect.assertions(2);
  try {
    github({ host: host as string });
  } catch (error) {
    const { problems } = error as ConfigurationError;
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  }
});

it("lists all problems in one error, without the values", async () => {
  expect.assertions(3);
  const emulator = await startGitHub();
  running.push(emulator);
  try {
    void new GitHubClient({
      host: "https://s3cret",
      apiVersion: "latest s3cret",
      clientId: "id",
      clientSecret: "",
      redirectUri: "http://s3cret.example/callback",
      tokenPlacement: "s3cret",
      endpoints: emulator.endpoints,
    } as never);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    const { problems, message } = error as ConfigurationError;
    expect(problems.map((text) => text.split(" ")[0])).toEqual([
      "host",
      "apiVersion",
      "clientSecret",
      "redirectUri",
      "tokenPlacement",
    ]);
    expect(message).not.toContain("s3cret");
  }
});
