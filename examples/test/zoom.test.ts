import { expect, it } from "@jest/globals";
import { zoom } from "../src/zoom.ts";
import { MockProvider } from "./mock/server/mock-provider.ts";
import { zoomFacts } from "./mock/zoom.ts";
import { clientFor, placesOf, signIn } from "./support/mock-client.ts";

const mock = await MockProvider.startForFile(zoomFacts);
const client = clientFor(mock, zoom);

it("signs in, calls the API, refreshes, gives a profile and disconnects", async () => {
  const session = client.session(await signIn(mock, client));
  const { accessToken, refreshToken } = session.token;
  mock.time += 3_600_000;
  const { data } = await session.get("/users/me");
  expect(data).toMatchObject({ first_name: "Ada" });
  expect(session.token.refreshToken).not.toBe(refreshToken);
  await expect(session.profile()).resolves.toMatchObject({
    id: "zJKyaiAyTNC-MWjiWC18KQ",
    name: "Ada Lovelace",
    email: "ada@example.com",
  });
  const { accessToken: newest } = session.token;
  expect(newest).not.toBe(accessToken);
  await session.revoke();
  expect(placesOf(mock)).toContain("POST https://zoom.us/oauth/revoke");
  await expect(client.profile({ accessToken: newest })).rejects.toMatchObject({
    code: "TOKEN_REJECTED",
  });
});

it("ends the session when the refresh token was used elsewhere", async () => {
  const token = await signIn(mock, client);
  await client.refreshToken(token);
  // Another process, which does not know the newest token.
  const other = clientFor(mock, zoom);
  await expect(other.refreshToken(token)).rejects.toMatchObject({ code: "INVALID_GRANT" });
});
