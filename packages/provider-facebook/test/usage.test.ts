import diagnostics from "node:diagnostics_channel";
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import {
  type ApiUsageEvent,
  FacebookClient,
  type FacebookClientOptions,
  type Token,
} from "@grantkit/provider-facebook";

let emulator: FacebookEmulator;
let token: Token;
const events: ApiUsageEvent[] = [];
const listener = (event: unknown) => void events.push(event as ApiUsageEvent);
const now = Date.UTC(2026, 10, 21);

beforeAll(async () => {
  emulator = await startFacebook({ now: () => now });
  const client = clientWith();
  const request = await client.authorizationRequest();
  token = await client.fetchToken(await emulator.authorize(request.url), request);
  diagnostics.subscribe("grantkit:usage", listener);
});
beforeEach(() => {
  events.length = 0;
});
afterAll(() => {
  diagnostics.unsubscribe("grantkit:usage", listener);
  return emulator.close();
});

function clientWith(options: Partial<FacebookClientOptions> = {}): FacebookClient {
  const { clientId, clientSecret, endpoints } = emulator;
  return new FacebookClient({
    clientId,
    clientSecret,
    endpoints,
    redirectUri: "http://127.0.0.1:8080/callback",
    retries: false,
    clock: { now: () => now, after: () => () => undefined },
    ...options,
  });
}

it("publishes the app's usage with each call, through axios and through fetch", async () => {
  const session = clientWith({ tokenPlacement: "query" }).session(token);
  await session.get("/me?fields=id");
  await session.fetch("/me");
  await clientWith().profile(token);
  const usage = [{ limit: "app", percent: 1 }];
  const event = { provider: "facebook", usage, version: "v26.0", path: "/v26.0/me" };
  expect(events).toEqual([event, event, event]);
  expect(JSON.stringify(events)).not.toContain(token.accessToken);
});

it("publishes all limits of a throttled call, with the seconds until it succeeds again", async () => {
  emulator.failNext("api-page-throttled");
  await clientWith().session(token).get("/me", { validateStatus: null });
  expect(events[0]?.usage).toEqual([
    { limit: "app", percent: 100 },
    { limit: "business", percent: 100, id: "1000000000000001", type: "pages", secondsToReset: 720 },
  ]);
});

it("tells when a newer version of the API serves the calls", async () => {
  const { api } = emulator.endpoints;
  const endpoints = { ...emulator.endpoints, api: api.replace("v26.0", "v20.0") };
  await clientWith({ endpoints }).session(token).get("/me");
  expect(events[0]).toMatchObject({ version: "v21.0", path: "/v20.0/me" });
});

it.each<[string, Record<string, string>, unknown[]]>([
  ["no header", { "x-app-usage": "" }, []],
  ["no JSON", { "x-app-usage": "{" }, []],
  ["texts for numbers", { "x-app-usage": '{"call_count":"7"}' }, []],
  ["null", { "x-app-usage": "null", "x-business-use-case-usage": '{"1":null}' }, []],
  [
    "a page",
    { "x-app-usage": "{}", "x-page-usage": '{"call_count":3,"total_time":9,"total_cputime":1}' },
    [{ limit: "page", percent: 9 }],
  ],
  [
    "an ad account",
    {
      "x-app-usage": "{}",
      "x-ad-account-usage": '{"acc_id_util_pct":9.67,"reset_time_duration":90}',
    },
    [{ limit: "adAccount", percent: 9.67 }],
  ],
])("reads %s", async (_what, headers, usage) => {
  emulator.failNext({ path: "/me", status: 200, body: {}, headers });
  await clientWith().session(token).get("/me");
  expect(events.flatMap((event) => event.usage)).toEqual(usage);
});

it("is published with the client's own hooks, and with the proof of the app secret", async () => {
  const statuses: number[] = [];
  const client = clientWith({
    appSecretProof: true,
    hooks: { protectedResponse: ({ status }) => void statuses.push(status) },
  });
  await client.session(token).get("/me");
  expect(statuses).toEqual([200]);
  expect(events).toHaveLength(1);
  expect(emulator.requests.at(-1)?.url).toContain("appsecret_proof=");
});
