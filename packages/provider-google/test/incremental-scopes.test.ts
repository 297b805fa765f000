import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { type GoogleEmulator, startGoogle } from "@grantkit/emulator";
import {
  type AuthorizationRequestOptions,
  type GoogleAuthorizationOptions,
  GoogleClient,
  hasScope,
  Token,
} from "@grantkit/provider-google";

const CALENDAR = "https://www.googleapis.com/auth/calendar.readonly";
const DRIVE = "https://www.googleapis.com/auth/drive.file";
const EMAIL = "https://www.googleapis.com/auth/userinfo.email";

let emulator: GoogleEmulator;
let client: GoogleClient;
beforeEach(async () => {
  emulator = await startGoogle();
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  client = new GoogleClient({ clientId, clientSecret, endpoints, redirectUri });
});
afterEach(() => emulator.close());

async function signIn(
  options: AuthorizationRequestOptions & GoogleAuthorizationOptions,
  scopes?: string[],
): Promise<Token> {
  const request = await client.authorizationRequest(options);
  return client.fetchToken(await emulator.authorize(request.url, scopes && { scopes }), request);
}

it("a later request adds its scopes to those that the user granted before", async () => {
  const first = await signIn({ scope: ["openid", "email"], accessType: "offline" });
  expect(hasScope(first, CALENDAR)).toBe(false);
  const second = await signIn({ scope: [CALENDAR], includeGrantedScopes: true });
  expect(hasScope(second, ["openid", "email", CALENDAR])).toBe(true);
  // The earlier scopes were not requested this time.
  expect(second.scopeChange?.missing).toEqual([]);
  expect([...(second.scopeChange?.additional ?? [])].toSorted()).toEqual([EMAIL, "openid"]);
  const path = "/calendar/v3/users/me/calendarList";
  expect((await client.session(second).get(path)).status).toBe(200);
});

it("without includeGrantedScopes the token has the requested scopes alone", async () => {
  await signIn({ scope: ["openid", "email"] });
  const second = await signIn({ scope: [CALENDAR] });
  expect(second.scope).toEqual([CALENDAR]);
  expect(second.scopeChange).toBeUndefined();
});

it("names the scopes that the user unticked, and asks for them again with consent", async () => {
  const scope = ["openid", "email", CALENDAR, DRIVE];
  const token = await signIn({ scope, accessType: "offline" }, ["openid", "email", DRIVE]);
  expect(token.scopeChange).toEqual({ missing: [CALENDAR], additional: [] });
  expect(hasScope(token, DRIVE)).toBe(true);
  expect(hasScope(token, [DRIVE, CALENDAR])).toBe(false);
  const again = await signIn({
    scope: token.scopeChange?.missing ?? [],
    includeGrantedScopes: true,
    accessType: "offline",
    prompt: "consent",
  });
  expect(hasScope(again, scope)).toBe(true);
  expect(again.refreshToken).toBeDefined();
});

it("hasScope knows both names of a scope, and no name of Object.prototype", () => {
  const token = Token.from({ accessToken: "at", scope: [EMAIL, "openid"] });
  expect(hasScope(token, "email")).toBe(true);
  expect(hasScope(token, EMAIL)).toBe(true);
  expect(hasScope(token, "profile")).toBe(false);
  expect(hasScope(token, "constructor")).toBe(false);
  expect(hasScope(token, [])).toBe(true);
});
