import { expect, it } from "@jest/globals";
import { fitbit } from "../src/fitbit.ts";
import { ProviderServer } from "./support/provider-server.ts";

const server = await ProviderServer.startForFile();

const client = server.client(fitbit);
const failed = (errorType: string, status = 400): void => {
  const errors = [
    { errorType, message: "In Fitbit's words." },
    { errorType: "invalid_request", message: "A second one." },
  ];
  server.token = () => ({ status, body: { success: false, errors } });
  server.api = server.token;
};

it("signs in and refreshes with HTTP Basic, and reads the user", async () => {
  server.token = ({ body }) => ({
    body: {
      access_token: body.includes("grant_type=refresh_token") ? "at-2" : "at-1",
      refresh_token: "rt-1",
      token_type: "Bearer",
      expires_in: 28_800,
      user_id: "ABC",
    },
  });
  const renewed = await client.refreshToken(await server.signIn(client));
  const basic = `Basic ${btoa("client:s3cret")}`;
  expect(server.tokenRequests.map(({ headers }) => headers.authorization)).toEqual([basic, basic]);
  server.api = () => ({ body: { user: { encodedId: "ABC", fullName: "Ada L." } } });
  await expect(client.profile(renewed)).resolves.toMatchObject({ id: "ABC", name: "Ada L." });
  expect(server.apiRequests[0]).toMatchObject({
    url: "/api/1/user/-/profile.json",
    headers: { authorization: "Bearer at-2" },
  });
});

it.each([
  ["invalid_grant", 400, "INVALID_GRANT"],
  ["expired_token", 400, "INVALID_GRANT"],
  ["invalid_client", 401, "INVALID_CLIENT"],
  ["validation", 400, "PROVIDER_ERROR"],
] as const)("the first error, %s (%d), comes out of sign-in and refresh as %s", async (...row) => {
  const [error, status, code] = row;
  failed(error, status);
  const expected = { code, error, status, errorDescription: "In Fitbit's words." };
  await expect(server.signIn(client)).rejects.toMatchObject(expected);
  const stored = { accessToken: "at", refreshToken: `rt-${error}` };
  await expect(client.refreshToken(stored)).rejects.toMatchObject(expected);
});

it("reads errors of the API as it reads those of the token endpoint", async () => {
  failed("insufficient_permissions", 403);
  await expect(client.profile({ accessToken: "at" })).rejects.toMatchObject({
    code: "API_REQUEST_FAILED",
    error: "insufficient_permissions",
  });
});

it("leaves a response without Fitbit's errors unchanged", async () => {
  server.token = () => ({ status: 400, body: { errors: [] } });
  await expect(server.signIn(client)).rejects.toMatchObject({ code: "TOKEN_RESPONSE_INVALID" });
});
