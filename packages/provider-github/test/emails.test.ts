import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { type GitHubEmulator, startGitHub } from "@grantkit/emulator";
import { GitHubClient, type Token } from "@grantkit/provider-github";
import { thrown } from "../../core/test/support/thrown.ts";
import { signIn } from "./support.ts";

const emails = Array.from({ length: 101 }, (_, index) => ({
  email: `ada${index}@example.com`,
  verified: index !== 1,
  primary: index === 100,
  visibility: index === 0 ? ("public" as const) : null,
}));
let emulator: GitHubEmulator;
let client: GitHubClient;

beforeAll(async () => {
  const plain = await startGitHub();
  const [user] = plain.users;
  await plain.close();
  emulator = await startGitHub({ users: [{ ...(user as NonNullable<typeof user>), emails }] });
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  client = new GitHubClient({ clientId, clientSecret, endpoints, redirectUri, retries: false });
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

it("emails() lists the addresses of all pages", async () => {
  const list = await client.emails(await signIn(client, emulator));
  expect(list).toHaveLength(101);
  expect(list[0]).toEqual({
    email: "ada0@example.com",
    verified: true,
    primary: false,
    visibility: "public",
  });
  expect(list[1]).toMatchObject({ verified: false, visibility: undefined });
  expect(list[100]).toMatchObject({ primary: true });
});

it("emails() throws without the scope, with what would do", async () => {
  const token = await signIn(client, emulator, { scope: ["gist"] });
  expect(await thrown(client.emails(token))).toMatchObject({
    name: "GitHubApiError",
    reason: "not-found",
    acceptedScopes: ["user", "user:email"],
  });
});

it("emails() throws for a limit, and for an answer that is no list", async () => {
  const token = await signIn(client, emulator);
  emulator.failNext("api-secondary-rate-limit");
  expect(await thrown(client.emails(token))).toMatchObject({
    code: "RATE_LIMITED",
    retryAfter: 60,
  });
  emulator.failNext({ path: "/user/emails", status: 200, body: { email: "a@example.com" } });
  expect(await thrown(client.emails(token))).toMatchObject({ code: "USER_INFO_INVALID" });
  emulator.failNext({ path: "/user/emails", status: 200, body: [null, {}, { email: 7 }] });
  expect(await client.emails(token)).toEqual([]);
});

it.each<[string, (token: Token) => Promise<unknown>]>([
  ["emails()", (token) => client.emails(token)],
  ["profile()", (token) => client.profile(token)],
])("%s throws for a list that never ends, after ten pages", async (_, read) => {
  const token = await signIn(client, emulator);
  const next = `<${emulator.endpoints.api}/user/emails?per_page=100>; rel="next"`;
  const page = { status: 200, headers: { link: next }, body: emails.slice(0, 100) };
  const takeBack = emulator.failNext({ path: "/user/emails", ...page }, 20);
  emulator.clearRequests();
  expect(await thrown(read(token))).toMatchObject({ code: "USER_INFO_INVALID" });
  const lists = emulator.requests.filter(({ path }) => path.endsWith("/user/emails"));
  expect(lists).toHaveLength(10);
  takeBack();
});

it("profile() finds the primary address behind the first hundred", async () => {
  expect(await client.profile(await signIn(client, emulator))).toMatchObject({
    email: "ada100@example.com",
    emailVerified: true,
  });
});
