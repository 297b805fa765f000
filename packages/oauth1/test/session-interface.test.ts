import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { defineProvider, isApiError, OAuth2Client, type Session, Token } from "@grantkit/core";
import {
  startGitHub,
  type GitHubEmulator,
  type OAuth1Emulator,
  startOAuth1,
} from "@grantkit/emulator";
import { OAuth1Session } from "@grantkit/oauth1";
import { signedIn } from "./support/consumer.ts";

let oauth1: OAuth1Emulator;
let github: GitHubEmulator;

beforeAll(async () => {
  [oauth1, github] = await Promise.all([startOAuth1(), startGitHub()]);
});
afterAll(() => Promise.all([oauth1.close(), github.close()]));

/** An app's own function that knows nothing of how requests are authorized. */
async function nameBy(session: Session, path: string): Promise<unknown> {
  const { data } = await session.get<{ name: string }>(path);
  const response = await session.fetch(path);
  const api = await session.axios();
  const again = await api.get<{ name: string }>(path);
  expect(await response.json()).toEqual(data);
  expect(again.data).toEqual(data);
  return data.name;
}

describe("code over a Session", () => {
  it("accepts a session of OAuth 1.0a", async () => {
    const session = await signedIn(oauth1);
    expect(session.authorized).toBe(true);
    expect(await nameBy(session, "/me")).toBe(oauth1.users[0]?.name);
  });

  it("recognizes an error status of the API with isApiError, by every axios method", async () => {
    const session = await signedIn(oauth1);
    for (const send of [
      () => session.get("/nowhere"),
      () => session.request({ url: "/nowhere" }),
      async () => (await session.axios()).get("/nowhere"),
    ]) {
      const error: unknown = await send().catch((thrown: unknown) => thrown);
      expect(isApiError(error) && error.status).toBe(404);
    }
  });

  it("accepts a session of OAuth 2.0", async () => {
    const { api, ...endpoints } = github.endpoints;
    const provider = defineProvider({
      name: "github",
      endpoints: { authorization: endpoints.authorization, token: endpoints.token },
      api: { baseUrl: api },
    });
    const client = new OAuth2Client(provider, {
      clientId: github.clientId,
      clientSecret: github.clientSecret,
      redirectUri: "http://127.0.0.1:9/callback",
    });
    const request = await client.authorizationRequest({ scope: ["read:user"] });
    const token = await client.fetchToken(await github.authorize(request.url), request);
    expect(token).toBeInstanceOf(Token);
    expect(await nameBy(client.session(token), "/user")).toBe(github.users[0]?.name);
  });

  it("gets an error from a session of OAuth 1.0a without a token", () => {
    const session: Session = new OAuth1Session({ clientKey: "key", clientSecret: "secret" });
    expect(session.authorized).toBe(false);
  });
});
