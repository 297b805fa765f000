import { expect, it } from "@jest/globals";
import { signedClientSecret } from "@grantkit/core";
import { apple } from "../src/apple.ts";
import { appleFacts, DEVELOPER } from "./mock/apple.ts";
import { APP } from "./mock/server/app.ts";
import { MockProvider } from "./mock/server/mock-provider.ts";
import { clientFor, clockOf, placesOf, signIn } from "./support/mock-client.ts";

const mock = await MockProvider.startForFile(appleFacts);
const client = clientFor(mock, apple, {
  clientSecret: signedClientSecret({
    issuer: DEVELOPER.teamId,
    subject: APP.clientId,
    audience: "https://appleid.apple.com",
    key: DEVELOPER.privateKey,
    keyId: DEVELOPER.keyId,
    algorithm: "ES256",
    clock: clockOf(mock),
  }),
});

it("signs in, refreshes, gives a profile and disconnects", async () => {
  const session = client.session(await signIn(mock, client));
  await expect(session.profile()).resolves.toMatchObject({
    id: "001999.8b3bf9b2c1f54fd3a8a9b5e3c3bd8d2a.1234",
    email: "ada@example.com",
    emailVerified: true,
    givenName: "Ada",
    familyName: "Lovelace",
  });
  const { refreshToken, accessToken } = session.token;
  mock.time += 3_600_000;
  await session.refresh();
  expect(session.token).toMatchObject({ refreshToken });
  expect(session.token.accessToken).not.toBe(accessToken);
  // The name outlives the refresh.
  await expect(session.profile()).resolves.toMatchObject({ givenName: "Ada" });
  await session.revoke();
  expect(placesOf(mock)).toContain("POST https://appleid.apple.com/auth/revoke");
  const other = clientFor(mock, apple, { clientSecret: "s3cret" });
  await expect(
    other.refreshToken({ accessToken: "at", refreshToken: String(refreshToken) }),
  ).rejects.toMatchObject({
    code: "INVALID_CLIENT",
  });
});

it("signs in a user who consented before, without the name", async () => {
  await signIn(mock, client);
  const session = client.session(await signIn(mock, client));
  const { id, givenName } = await session.profile();
  expect([id, givenName]).toEqual(["001999.8b3bf9b2c1f54fd3a8a9b5e3c3bd8d2a.1234", undefined]);
});
