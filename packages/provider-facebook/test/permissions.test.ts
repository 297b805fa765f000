import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import { FacebookClient, type Token } from "@grantkit/provider-facebook";

let emulator: FacebookEmulator;
let client: FacebookClient;

beforeAll(async () => {
  emulator = await startFacebook();
  const { clientId, clientSecret, endpoints } = emulator;
  const redirectUri = "http://127.0.0.1:8080/callback";
  client = new FacebookClient({ clientId, clientSecret, endpoints, redirectUri, retries: false });
});
afterAll(() => emulator.close());

const scope = ["public_profile", "email", "user_birthday"] as const;

async function signIn(scopes: readonly string[], authType?: "rerequest"): Promise<Token> {
  const request = await client.authorizationRequest({
    scope: [...scope],
    ...(authType && { authType }),
  });
  return client.fetchToken(await emulator.authorize(request.url, { scopes }), request);
}

it("lists what was granted and declined, which only a rerequest asks again", async () => {
  await signIn(["public_profile", "email"]);
  const declined = ["user_birthday"];
  const token = await signIn(scope);
  expect(await client.fetchPermissions(token)).toEqual({
    granted: ["public_profile", "email"],
    declined,
    expired: [],
  });
  const again = await signIn(scope, "rerequest");
  expect(await client.fetchPermissions(again)).toMatchObject({ granted: scope, declined: [] });
});

it("lists what has expired", async () => {
  const token = await signIn(scope);
  const data = [
    { permission: "public_profile", status: "granted" },
    { permission: "email", status: "expired" },
    { permission: "user_birthday", status: "brand_new" },
  ];
  emulator.failNext({ path: "/me/permissions", status: 200, body: { data } });
  expect(await client.fetchPermissions(token)).toEqual({
    granted: ["public_profile"],
    declined: [],
    expired: ["email"],
  });
});

it("deletes one permission, and the token keeps working", async () => {
  const token = await signIn(scope, "rerequest");
  await client.deletePermission(token, "email");
  expect(emulator.requests.at(-1)).toMatchObject({
    method: "DELETE",
    path: "/v26.0/me/permissions/email",
  });
  expect((await client.fetchPermissions(token)).granted).not.toContain("email");
  expect((await client.profile(token)).email).toBeUndefined();
});

it.each(["", "email/../../me", "a b", undefined, "email?x"])(
  "refuses %j as a permission to delete, and sends nothing",
  async (permission) => {
    const token = await signIn(scope);
    emulator.clearRequests();
    const deleting = client.deletePermission(token, permission as string);
    await expect(deleting).rejects.toMatchObject({ code: "URL_INVALID" });
    expect(emulator.requests).toEqual([]);
  },
);

it("throws when Facebook does not say that it deleted the permission", async () => {
  const token = await signIn(scope);
  emulator.failNext({ path: "/me/permissions/email", status: 200, body: { success: false } });
  await expect(client.deletePermission(token, "email")).rejects.toMatchObject({
    code: "API_REQUEST_FAILED",
  });
});
