import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { GOOD, signIn, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
});
afterEach(() => endpoint.close());

const secondsOf = async (fields: object): Promise<number | undefined> => {
  endpoint.answer({ body: { ...GOOD, ...fields } });
  const { refreshTokenExpiresAt: end } = await signIn(endpoint.client());
  return end && (end.getTime() - endpoint.clock.now()) / 1000;
};

it("is read from refresh_token_expires_in, and from refresh_expires_in, as Keycloak and TikTok call it", async () => {
  await expect(secondsOf({ refresh_token_expires_in: 7200 })).resolves.toBe(7200);
  await expect(secondsOf({ refresh_expires_in: 1800 })).resolves.toBe(1800);
  const both = { refresh_token_expires_in: 7200, refresh_expires_in: 1800 };
  await expect(secondsOf(both)).resolves.toBe(7200);
});

it("is unknown for refresh_expires_in: 0, by which Keycloak means an offline token that does not end", async () => {
  await expect(secondsOf({ refresh_expires_in: 0 })).resolves.toBeUndefined();
});

it("is unknown for one that is no number, and the sign-in succeeds", async () => {
  await expect(secondsOf({ refresh_expires_in: "soon" })).resolves.toBeUndefined();
});
