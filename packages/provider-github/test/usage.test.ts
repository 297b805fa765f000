import diagnostics from "node:diagnostics_channel";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import type { ApiUsageEvent, GitHubClient, OAuth2Session } from "@grantkit/provider-github";
import { signIn, startedGitHub } from "./support.ts";

let emulator: GitHubEmulator;
let client: GitHubClient;
let session: OAuth2Session;
let events: ApiUsageEvent[] = [];
const listener = (event: unknown) => void events.push(event as ApiUsageEvent);

beforeAll(async () => {
  const now = Date.UTC(2026, 10, 21, 10, 15);
  ({ emulator, client } = await startedGitHub({ now: () => now }, { retries: false }));
  session = client.session(await signIn(client, emulator));
  diagnostics.subscribe("grantkit:usage", listener);
});
afterAll(() => {
  diagnostics.unsubscribe("grantkit:usage", listener);
  return emulator.close();
});

it("publishes how much of a rate limit is used, and the seconds until GitHub counts anew", async () => {
  events = [];
  await session.get("/user?a=1");
  await client.graphql(session, "{ viewer { login } }");
  emulator.failNext("api-primary-rate-limit");
  await session.fetch("/user");
  expect(events).toMatchObject([
    { provider: "github", path: "/api/user", usage: [{ limit: "core", secondsToReset: 2700 }] },
    { path: "/api/graphql", usage: [{ limit: "graphql", percent: 0.02 }] },
    { usage: [{ limit: "core", percent: 100 }] },
  ]);
});

it.each<[string, Readonly<Record<string, string>>]>([
  ["no headers, as of an Enterprise Server", {}],
  ["a negative number", { "x-ratelimit-used": "-5", "x-ratelimit-limit": "60" }],
  ["no number", { "x-ratelimit-used": "", "x-ratelimit-limit": "60" }],
])("publishes nothing for a response with %s", async (_, headers) => {
  events = [];
  emulator.failNext({ path: "/api/user", status: 200, body: {}, headers });
  await session.get("/user");
  expect(events).toEqual([]);
});
