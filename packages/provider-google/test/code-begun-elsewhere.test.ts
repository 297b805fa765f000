import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type GoogleEmulator, startGoogle } from "@grantkit/emulator";
import { GoogleClient } from "@grantkit/provider-google";

const VERIFIER = "v".repeat(43);
const PHONE = "http://127.0.0.1:9004/oauth2redirect";

let google: GoogleEmulator;
beforeAll(async () => {
  google = await startGoogle();
});
afterAll(() => google.close());

/** A code that a phone asked for, with its own redirect URI, challenge and nonce. */
async function codeOfPhone(): Promise<string> {
  const query = new URLSearchParams({
    client_id: google.clientId,
    response_type: "code",
    redirect_uri: PHONE,
    scope: "openid email",
    state: "of the phone",
    nonce: "nonce-7",
    code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
    code_challenge_method: "S256",
  });
  const callback = await google.authorize(`${google.endpoints.authorization}?${query.toString()}`);
  return new URL(callback).searchParams.get("code") as string;
}

it("a server exchanges the code of a phone's sign-in with the phone's verifier and nonce", async () => {
  const { clientId, clientSecret, endpoints } = google;
  const redirectUri = "http://127.0.0.1:8080/callback";
  const client = new GoogleClient({ clientId, clientSecret, endpoints, redirectUri });
  const exchange = async (changes: object) =>
    client.fetchTokenByCode(await codeOfPhone(), {
      redirectUri: PHONE,
      codeVerifier: VERIFIER,
      nonce: "nonce-7",
      scope: ["openid", "email"],
      ...changes,
    });
  const token = await exchange({});
  expect(token.claims).toMatchObject({ aud: clientId, email: "ada.lovelace@gmail.com" });
  await expect(exchange({ nonce: "nonce-8" })).rejects.toMatchObject({ code: "ID_TOKEN_INVALID" });
  await expect(exchange({ codeVerifier: "w".repeat(43) })).rejects.toMatchObject({
    code: "INVALID_GRANT",
  });
  await expect(exchange({ redirectUri: "postmessage" })).rejects.toMatchObject({
    provider: "google",
    status: 400,
  });
});
