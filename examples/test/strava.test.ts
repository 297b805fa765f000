import { expect, it } from "@jest/globals";
import { strava } from "../src/strava.ts";
import { MockProvider } from "./mock/server/mock-provider.ts";
import { stravaFacts } from "./mock/strava.ts";
import { clientFor, placesOf, signIn } from "./support/mock-client.ts";

const mock = await MockProvider.startForFile(stravaFacts);
const client = clientFor(mock, strava);

it("signs in, calls the API, refreshes, gives a profile and disconnects", async () => {
  const session = client.session(await signIn(mock, client));
  const { refreshToken } = session.token;
  mock.time += 21_600_000;
  const { data } = await session.get("/athlete");
  expect(data).toMatchObject({ lastname: "Lovelace" });
  expect(session.token.refreshToken).not.toBe(refreshToken);
  await expect(session.profile()).resolves.toMatchObject({ id: "227615", username: "ada" });
  const { accessToken } = session.token;
  await session.revoke();
  expect(placesOf(mock)).toContain("POST https://www.strava.com/oauth/deauthorize");
  await expect(client.profile({ accessToken })).rejects.toMatchObject({ code: "TOKEN_REJECTED" });
});

it("knows which scopes the user unticked, also after a refresh", async () => {
  mock.unticked.add("activity:read");
  const token = await signIn(mock, client, { scope: ["read", "activity:read"] });
  const expected = { scope: ["read"], scopeChange: { missing: ["activity:read"], additional: [] } };
  expect(token).toMatchObject(expected);
  await expect(client.refreshToken(token)).resolves.toMatchObject(expected);
});

it("tells a refused refresh token from a refused client", async () => {
  const token = await signIn(mock, client);
  const refused = clientFor(mock, strava, { clientSecret: "another" });
  await expect(refused.refreshToken(token)).rejects.not.toMatchObject({ code: "INVALID_GRANT" });
  await client.refreshToken(token);
  // Another process, which does not know the newest token.
  const other = clientFor(mock, strava);
  await expect(other.refreshToken(token)).rejects.toMatchObject({ code: "INVALID_GRANT" });
});
