import { expect, it } from "@jest/globals";
import { linkedin } from "../src/linkedin.ts";
import { linkedinFacts } from "./mock/linkedin.ts";
import { MockProvider } from "./mock/server/mock-provider.ts";
import { clientFor, signIn } from "./support/mock-client.ts";

const mock = await MockProvider.startForFile(linkedinFacts);
const client = clientFor(mock, linkedin);

it("signs in without PKCE and nonce, calls the API, gives a profile and disconnects", async () => {
  const session = client.session(await signIn(mock, client));
  expect(session.token.claims).toMatchObject({ sub: "782bbtaQ" });
  await expect(session.profile()).resolves.toMatchObject({
    id: "782bbtaQ",
    name: "Ada Lovelace",
    email: "ada@example.com",
    emailVerified: true,
  });
  const { data } = await session.get("/userinfo");
  expect(data).toMatchObject({ given_name: "Ada" });
  await session.revoke();
  expect(session.authorized).toBe(false);
});

it("knows the granted scopes, which come with commas", async () => {
  const { scope, scopeChange } = await signIn(mock, client);
  expect(scope).toEqual(["openid", "profile", "email"]);
  expect(scopeChange).toBeUndefined();
});

it("says that the token has expired, because there is no refresh token", async () => {
  const session = client.session(await signIn(mock, client));
  mock.time += 5_184_000_000;
  await expect(session.get("/userinfo")).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
});
