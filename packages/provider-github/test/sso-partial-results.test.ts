import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import { type OAuth2Session, ssoPartialResults } from "@grantkit/provider-github";
import { signIn, startedGitHub } from "./support.ts";

let emulator: GitHubEmulator;
let session: OAuth2Session;

beforeAll(async () => {
  const started = await startedGitHub();
  emulator = started.emulator;
  session = started.client.session(await signIn(started.client, emulator));
});
afterAll(() => emulator.close());

it("names the organizations that a list leaves out, through axios, fetch and pages", async () => {
  emulator.configure({ ssoPartialResults: true });
  const organizations = ["21955855", "20582480"];
  expect(ssoPartialResults(await session.get("/user/repos"))).toEqual(organizations);
  expect(ssoPartialResults(await session.fetch("/user/repos"))).toEqual(organizations);
  for await (const page of session.pages("/user/repos")) {
    expect(ssoPartialResults(page)).toEqual(organizations);
  }
  expect.assertions(3);
});

it("is undefined for a complete list, and for an organization that must be authorized", async () => {
  emulator.configure({ ssoPartialResults: false });
  expect(ssoPartialResults(await session.get("/user/repos"))).toBeUndefined();
  emulator.failNext("api-sso-required");
  expect(ssoPartialResults(await session.fetch("/user/repos"))).toBeUndefined();
});
