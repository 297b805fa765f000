import { expect, it } from "@jest/globals";
import { shopify } from "../src/shopify.ts";
import { MockProvider } from "./mock/server/mock-provider.ts";
import { shopifyFacts } from "./mock/shopify.ts";
import { clientFor, placesOf, signIn } from "./support/mock-client.ts";

const mock = await MockProvider.startForFile(shopifyFacts);
const client = clientFor(mock, shopify("acme"));

it("signs in, calls the API, refreshes, gives a profile and disconnects", async () => {
  const session = client.session(await signIn(mock, client, { scope: ["read_products"] }));
  const { refreshToken, refreshTokenExpiresAt } = session.token;
  expect(refreshTokenExpiresAt?.getTime()).toBe(mock.time + 7_776_000_000);
  mock.time += 3_600_000;
  const { data } = await session.get("/shop.json");
  expect(data).toMatchObject({ shop: { name: "Acme" } });
  expect(mock.calls.at(-1)?.headers).not.toHaveProperty("authorization");
  expect(session.token.refreshToken).not.toBe(refreshToken);
  await expect(session.profile()).resolves.toMatchObject({ id: "548380009", name: "Acme" });
  const { accessToken } = session.token;
  await session.revoke();
  expect(placesOf(mock).at(-1)).toBe(
    "DELETE https://acme.myshopify.com/admin/api_permissions/current.json",
  );
  await expect(client.profile({ accessToken })).rejects.toMatchObject({ code: "TOKEN_REJECTED" });
});

it.each(["acme.evil.example/x", "acme.myshopify.com", "a@b", "", "acme?"])(
  "refuses %p as a shop's name, because the client secret goes to its host",
  (shop) => {
    expect(() => shopify(shop)).toThrow(/shop must be/);
  },
);
