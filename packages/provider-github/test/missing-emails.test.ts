import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import type { GitHubClient, Token } from "@grantkit/provider-github";
import { signIn, startedGitHub } from "./support.ts";

let emulator: GitHubEmulator;
let client: GitHubClient;
let token: Token;

beforeAll(async () => {
  ({ emulator, client } = await startedGitHub({}, { retries: false }));
  token = await signIn(client, emulator);
});
afterAll(() => emulator.close());

const failEmails = (status: number, message: string) =>
  emulator.failNext({
    path: "/api/user/emails",
    status,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ message, documentation_url: "https://docs.github.com/rest" }),
  });

it.each([
  [403, "You have exceeded a secondary rate limit. Please wait a few minutes."],
  [403, "You have triggered an abuse detection mechanism. Please wait a few minutes."],
  [403, "API rate limit exceeded for user ID 1815."],
  [429, "API rate limit exceeded for user ID 1815."],
  [403, "Maximum number of login attempts exceeded. Please try again later."],
])(
  "a limit on the list alone (%d, %s) is an error, and not a user without an address",
  async (status, message) => {
    failEmails(status, message);
    await expect(client.profile(token)).rejects.toMatchObject({
      code: "RATE_LIMITED",
      status,
      retryable: true,
    });
  },
);

it.each([
  [404, "Not Found"],
  [403, "Resource not accessible by integration"],
])(
  "returns a user without an address where the permission is missing (%d, %s)",
  async (status, message) => {
    failEmails(status, message);
    expect(await client.profile(token)).toMatchObject({
      id: "1815",
      email: undefined,
      emailVerified: undefined,
    });
  },
);

it("throws when GitHub fails", async () => {
  failEmails(502, "Server Error");
  await expect(client.profile(token)).rejects.toMatchObject({ code: "SERVER_ERROR" });
});
