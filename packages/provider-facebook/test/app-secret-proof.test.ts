import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import {
  ConfigurationError,
  FacebookClient,
  type FacebookClientOptions,
  type Token,
} from "@grantkit/provider-facebook";

let emulator: FacebookEmulator;
let token: Token;

beforeAll(async () => {
  emulator = await startFacebook({ requireAppSecretProof: true });
  const client = clientWith({});
  const request = await client.authorizationRequest();
  token = await client.fetchToken(await emulator.authorize(request.url), request);
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

function clientWith(options: Partial<FacebookClientOptions>): FacebookClient {
  return new FacebookClient({
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    redirectUri: "http://127.0.0.1:8080/callback",
    endpoints: emulator.endpoints,
    ...options,
  });
}

const proof = () =>
  createHmac("sha256", emulator.clientSecret).update(token.accessToken).digest("hex");

it("reports Facebook's error when the app requires a proof and none is sent", async () => {
  await expect(clientWith({}).profile(token)).rejects.toMatchObject({
    error: "GraphMethodException",
    details: { code: 100 },
  });
});

it("is the HMAC of the token, and the rest of the query stays as it was written", async () => {
  const session = clientWith({ appSecretProof: true }).session(token);
  await session.get("/me?fields=id,name");
  await session.fetch("/me");
  expect(emulator.requests.map(({ url }) => url)).toEqual([
    `/v26.0/me?fields=id,name&appsecret_proof=${proof()}`,
    `/v26.0/me?appsecret_proof=${proof()}`,
  ]);
});

it("has the time with it, so that it is valid for five minutes, when it is timed", async () => {
  let now = Date.UTC(2026, 10, 21, 12, 0, 0, 900);
  const timed = await startFacebook({ requireAppSecretProof: true, now: () => now });
  const { clientId, clientSecret, endpoints } = timed;
  const client = new FacebookClient({
    clientId,
    clientSecret,
    endpoints,
    redirectUri: "http://127.0.0.1:8080/callback",
    appSecretProof: "timed",
    clock: { now: () => now, after: () => () => undefined },
  });
  const request = await client.authorizationRequest();
  const issued = await client.fetchToken(await timed.authorize(request.url), request);
  const session = client.session(issued, { tokenPlacement: "query" });
  await session.get("/me?fields=id");
  const { query = {} } = timed.requests.at(-1) ?? {};
  const seconds = String(Math.floor(now / 1000));
  expect(query).toMatchObject({
    fields: "id",
    appsecret_time: seconds,
    appsecret_proof: createHmac("sha256", clientSecret)
      .update(`${issued.accessToken}|${seconds}`)
      .digest("hex"),
  });
  // The next call has a newer time.
  now += 301_000;
  await expect(client.profile(issued)).resolves.toHaveProperty("name", "Ada Lovelace");
  const old = `/me?appsecret_proof=${query["appsecret_proof"] as string}&appsecret_time=${seconds}`;
  const plain = new FacebookClient({ clientId, endpoints });
  const withOld = plain.session({ accessToken: issued.accessToken }).get(old);
  await expect(withOld).rejects.toMatchObject({ status: 400 });
  await timed.close();
});

it("is made with the secret that a function gives", async () => {
  let secret = "an-earlier-app-secret";
  const expiresAt = Date.now() + 30_000;
  const client = clientWith({
    appSecretProof: true,
    clientSecret: () => Promise.resolve({ secret, expiresAt }),
  });
  const session = client.session(token);
  await session.get("/me", { validateStatus: null });
  expect(emulator.requests[0]?.url).not.toContain(proof());
  secret = emulator.clientSecret;
  await session.get("/me");
  expect(emulator.requests[1]?.url).toBe(`/v26.0/me?appsecret_proof=${proof()}`);
});

it("replaces the proof in a URL of Facebook's", async () => {
  const session = clientWith({ appSecretProof: true }).session(token);
  await session.get("/me?appsecret_proof=old");
  expect(emulator.requests[0]?.url).toBe(`/v26.0/me?appsecret_proof=${proof()}`);
});

it("is added after the client's own hooks", async () => {
  const client = clientWith({
    appSecretProof: true,
    hooks: { protectedRequest: (request) => ({ ...request, url: `${request.url}?fields=id` }) },
  });
  await client.session(token).get("/me");
  expect(emulator.requests[0]?.url).toBe(`/v26.0/me?fields=id&appsecret_proof=${proof()}`);
});

it("is not added to requests that withhold the token", async () => {
  const session = clientWith({ appSecretProof: true }).session(token);
  await session.get("/me", { withholdToken: true, validateStatus: null });
  expect(emulator.requests[0]?.url).toBe("/v26.0/me");
});

it.each([
  [true, "appSecretProof needs clientSecret"],
  ["s3cret", 'appSecretProof must be true, false or "timed"'],
  ["timed", "appSecretProof needs clientSecret"],
])("is refused as %j without a secret, together with all other problems", (option, problem) => {
  expect.assertions(4);
  try {
    void new FacebookClient({
      version: "x",
      clientId: "id",
      redirectUri: "",
      appSecretProof: option,
    } as never);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    const { problems, message } = error as ConfigurationError;
    expect(problems.map((text) => text.split(" ")[0])).toEqual([
      "version",
      "appSecretProof",
      "redirectUri",
    ]);
    expect(problems[1]).toContain(problem);
    expect(message).not.toContain("s3cret");
  }
});
