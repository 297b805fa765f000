import { expect, it } from "@jest/globals";
import { x } from "../src/x.ts";
import { MockProvider } from "./mock/server/mock-provider.ts";
import { xFacts } from "./mock/x.ts";
import { clientFor, placesOf, signIn } from "./support/mock-client.ts";

const mock = await MockProvider.startForFile(xFacts);
const client = clientFor(mock, x);

it("signs in, calls the API, refreshes, gives a profile and disconnects", async () => {
  const session = client.session(await signIn(mock, client));
  const { refreshToken } = session.token;
  mock.time += 7_200_000;
  const { data } = await session.get("/users/me");
  expect(data).toEqual({ data: { id: "2244994945", name: "Ada", username: "ada" } });
  expect(session.token.refreshToken).not.toBe(refreshToken);
  await expect(session.profile()).resolves.toMatchObject({
    id: "2244994945",
    username: "ada",
    email: "ada@example.com",
  });
  const { accessToken } = session.token;
  await session.revoke();
  expect(placesOf(mock)).toContain("POST https://api.x.com/2/oauth2/revoke");
  await expect(client.profile({ accessToken })).rejects.toMatchObject({ code: "TOKEN_REJECTED" });
});

it("ends the session when the refresh token was used elsewhere", async () => {
  const token = await signIn(mock, client);
  await client.refreshToken(token);
  // Another process, which does not know the newest token.
  const other = clientFor(mock, x);
  await expect(other.refreshToken(token)).rejects.toMatchObject({ code: "INVALID_GRANT" });
});
