import { expect } from "@jest/globals";
import { isOAuthError, type OAuth2Client, type OAuthError } from "@grantkit/core";
import { expectNoCanary, rejectionOf } from "./canaries.ts";
import type { FaultyProvider, IdTokenFault } from "./faulty-provider.ts";

/** Returns the error of a sign-in that must fail, and send nothing afterwards. */
export async function refusedSignIn(
  provider: FaultyProvider,
  client: OAuth2Client,
  fault: IdTokenFault = {},
  mostFetches: number = 2,
): Promise<OAuthError> {
  const error = await rejectionOf(provider.signIn(client, fault));
  if (!isOAuthError(error)) throw error;
  const payload = provider.idToken(fault).split(".")[1] as string;
  if (payload.length > 100) expectNoCanary(error, payload);
  expect(provider.server.received("/userinfo")).toEqual([]);
  expect(provider.server.received("/token")).toHaveLength(1);
  expect(provider.server.requests).toHaveLength(1 + provider.keySetRequests);
  expect(provider.keySetRequests).toBeLessThanOrEqual(mostFetches);
  return error;
}
