import { expect, it } from "@jest/globals";
import { twitch } from "../src/twitch.ts";
import { MockProvider } from "./mock/server/mock-provider.ts";
import { twitchFacts } from "./mock/twitch.ts";
import { clientFor, placesOf, signIn } from "./support/mock-client.ts";

const mock = await MockProvider.startForFile(twitchFacts);
const client = clientFor(mock, twitch);

it("signs in, calls the API, refreshes, gives a profile and disconnects", async () => {
  const session = client.session(await signIn(mock, client));
  expect(session.token).toMatchObject({
    claims: { sub: "713936733" },
    scope: ["openid", "user:read:email"],
  });
  const { refreshToken } = session.token;
  mock.time += 14_400_000;
  const { data } = await session.get("/users");
  expect(data).toMatchObject({ data: [{ login: "ada" }] });
  expect(session.token.refreshToken).not.toBe(refreshToken);
  await expect(session.profile()).resolves.toMatchObject({
    id: "713936733",
    username: "ada",
    email: "ada@example.com",
  });
  const { accessToken } = session.token;
  await session.revoke();
  expect(placesOf(mock)).toContain("POST https://id.twitch.tv/oauth2/revoke");
  await expect(client.profile({ accessToken })).rejects.toMatchObject({ code: "TOKEN_REJECTED" });
});

it("ends the session when the refresh token was used elsewhere", async () => {
  const token = await signIn(mock, client);
  await client.refreshToken(token);
  // Another process, which does not know the newest token.
  const other = clientFor(mock, twitch);
  await expect(other.refreshToken(token)).rejects.toMatchObject({ code: "INVALID_GRANT" });
});
