import { expect, it } from "@jest/globals";
import { salesforce } from "../src/salesforce.ts";
import { salesforceFacts } from "./mock/salesforce.ts";
import { MockProvider } from "./mock/server/mock-provider.ts";
import { clientFor, placesOf, signIn } from "./support/mock-client.ts";

const mock = await MockProvider.startForFile(salesforceFacts);
const client = clientFor(mock, salesforce());

it("signs in, calls the API, refreshes, gives a profile and disconnects", async () => {
  const session = client.session(await signIn(mock, client));
  const { accessToken, refreshToken, expiresAt } = session.token;
  expect(expiresAt).toBeUndefined();
  mock.time += 7_200_000;
  // The answer is a 401: no lifetime tells that the token has expired.
  const { data } = await session.get("/sobjects/Account");
  expect(data).toMatchObject({ objectDescribe: { name: "Account" } });
  expect(session.token.accessToken).not.toBe(accessToken);
  expect(session.token.refreshToken).toBe(refreshToken);
  await expect(session.profile()).resolves.toMatchObject({
    id: "https://login.salesforce.com/id/00Dx0000000BV7zEAG/005x00000012Q9PAAU",
    username: "ada@acme.example",
    emailVerified: true,
  });
  expect(placesOf(mock)).toContain(
    "GET https://acme.my.salesforce.com/services/data/v62.0/sobjects/Account",
  );
  const { accessToken: newest } = session.token;
  await session.revoke();
  await expect(client.userInfo({ accessToken: newest })).rejects.toMatchObject({
    code: "TOKEN_REJECTED",
  });
});

it("sends no token to an instance_url outside Salesforce", async () => {
  const facts = {
    ...salesforceFacts,
    tokenFields: () => ({ instance_url: "https://evil.example" }),
  };
  const forged = await MockProvider.start(facts);
  const victim = clientFor(forged, salesforce());
  const failing = signIn(forged, victim).then((token) => victim.session(token).get("/sobjects"));
  await expect(failing).rejects.toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
  expect(placesOf(forged).some((place) => place.includes("evil"))).toBe(false);
});
