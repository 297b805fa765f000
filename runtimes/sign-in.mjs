// What an app does: the same program on every runtime, and in the bundle of every bundler.
import { GoogleClient, isApiError, isOAuthError, Token } from "@grantkit/provider-google";

function must(what, holds) {
  if (!holds) throw new Error(`${what}: failed`);
}

/** @param user - A URL of emulator.mjs. */
export async function signIn(user) {
  const { clientId, clientSecret, endpoints } = await (await fetch(user)).json();
  const redirectUri = "http://localhost:3000/callback";
  const google = new GoogleClient({ clientId, clientSecret, endpoints, redirectUri });

  const request = await google.authorizationRequest({ accessType: "offline", prompt: "consent" });
  const callback = await (await fetch(user, { method: "POST", body: request.url })).text();
  const token = await google.fetchToken(callback, request);
  const { sub } = await google.verifyIdToken(token.idToken, { nonce: request.nonce });
  must("the ID token has a subject", sub !== undefined && sub === token.claims.sub);

  const saved = [];
  const expired = Token.from({ ...JSON.parse(JSON.stringify(token)), expiresAt: 0 });
  const session = google.session(expired, { onTokenUpdate: (next) => void saved.push(next) });
  const { data } = await session.get(endpoints.userInfo);
  must("session.get", data.sub === sub);
  must("the expired token is refreshed and saved", saved.length === 1);
  must("the refreshed token is new", saved[0].accessToken !== token.accessToken);
  const response = await session.fetch(endpoints.userInfo);
  must("session.fetch", (await response.json()).sub === sub);
  must("profile", (await session.profile()).id === sub);

  const again = await google.fetchToken(callback, request).catch((error) => error);
  must("a used code is refused", isOAuthError(again) && again.code === "INVALID_GRANT");
  const missing = await session.get(`${endpoints.userInfo}/missing`).catch((error) => error);
  must("an API error", isApiError(missing) && missing.status === 404);
  await session.revoke();
  must("a revoked session", !session.authorized);
}
