import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type GoogleEmulator, startGoogle } from "@grantkit/emulator";
import {
  type GoogleClientOptions,
  type GoogleCredential,
  GoogleClient,
  hasScope,
  isOAuthError,
} from "@grantkit/provider-google";

const ANDROID = "android.apps.googleusercontent.com";

let emulator: GoogleEmulator;
let app: Server;
let loginUri: string;
let last: GoogleCredential | undefined;

const clientOf = (options: Partial<GoogleClientOptions> = {}) =>
  new GoogleClient({
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    endpoints: emulator.endpoints,
    ...options,
  });

beforeAll(async () => {
  emulator = await startGoogle();
  const client = clientOf();
  app = createServer((request, response) => {
    last = undefined;
    client.verifyCredential(request).then(
      (credential) => {
        last = credential;
        return response.writeHead(303, { location: "/" }).end();
      },
      (error: unknown) => response.writeHead(400).end(isOAuthError(error) ? error.code : "?"),
    );
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  loginUri = `http://127.0.0.1:${(app.address() as AddressInfo).port}/google`;
});
afterAll(async () => {
  await new Promise((resolve) => app.close(resolve));
  await emulator.close();
});

it("signs in the user whose credential the emulator posts to the app", async () => {
  const choice = { user: "grace@navy.example", selectBy: "user_1tap", state: "button-2" };
  const { status } = await emulator.postCredential(loginUri, choice);
  expect(status).toBe(303);
  expect(last).toMatchObject({
    selectBy: "user_1tap",
    state: "button-2",
    profile: {
      email: "grace@navy.example",
      emailAuthoritative: true,
      hostedDomain: "navy.example",
    },
  });
});

it.each(["different", "no-cookie", "no-field"] as const)(
  "refuses a post whose g_csrf_token is %s",
  async (csrf) => {
    const response = await emulator.postCredential(loginUri, { csrf });
    expect([response.status, await response.text()]).toEqual([400, "STATE_MISMATCH"]);
    expect(last).toBeUndefined();
  },
);

it("verifies the emulator's credentials: nonce, phone, bare issuer, a rotated key", async () => {
  const credential = await emulator.createCredential({ nonce: "n-1" });
  const { claims } = await clientOf().verifyCredential(credential, { nonce: "n-1" });
  expect(claims["email"]).toBe("ada.lovelace@gmail.com");
  const phone = await emulator.createCredential({ authorizedParty: ANDROID });
  await expect(clientOf().verifyCredential(phone)).rejects.toMatchObject({
    details: { claim: "azp" },
  });
  const both = clientOf({ authorizedParties: [ANDROID] });
  await expect(both.verifyCredential(phone)).resolves.toBeDefined();
  emulator.configure({ issuer: "bare" });
  const bare = await emulator.createCredential();
  await expect(clientOf().verifyCredential(bare)).resolves.toBeDefined();
  emulator.configure({ issuer: "full" });
  await emulator.rotateKeys();
  const later = await emulator.createCredential();
  await expect(clientOf().verifyCredential(later)).resolves.toBeDefined();
});

it.each(["forged-signature", "wrong-audience", "expired"] as const)(
  "refuses a credential with the flaw %s",
  async (idToken) => {
    emulator.configure({ idToken });
    const credential = await emulator.createCredential();
    emulator.configure({ idToken: "none" });
    await expect(clientOf().verifyCredential(credential)).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
    });
  },
);

it("exchanges the code of the emulator's popup, and only with postmessage", async () => {
  const scope = "openid https://www.googleapis.com/auth/calendar.readonly";
  const code = emulator.createPopupCode({ scope });
  const token = await clientOf().fetchTokenByCode(code, { redirectUri: "postmessage" });
  expect(hasScope(token, scope.split(" "))).toBe(true);
  expect(token.refreshToken).toBeDefined();
  expect(token.claims?.["email"]).toBeUndefined();
  await expect(
    clientOf().fetchTokenByCode(emulator.createPopupCode({ scope }), {
      redirectUri: "https://app.example.com/callback",
    }),
  ).rejects.toMatchObject({ code: "INVALID_REQUEST", error: "redirect_uri_mismatch" });
});
