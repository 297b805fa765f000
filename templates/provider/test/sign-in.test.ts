import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { AcmeClient } from "@grantkit/provider-acme";
import { AcmeServer } from "./support/acme-server.ts";

let server: AcmeServer;
let acme: AcmeClient;

beforeEach(async () => {
  server = await AcmeServer.start();
  const { clientId, clientSecret, endpoints } = server;
  acme = new AcmeClient({
    clientId,
    clientSecret,
    endpoints,
    redirectUri: "http://127.0.0.1:8080/callback",
  });
});
afterEach(() => server.close());

it("signs a user in, gives a profile and refreshes the token", async () => {
  const request = await acme.authorizationRequest({ prompt: "consent" });
  expect(new URL(request.url).searchParams.get("prompt")).toBe("consent");
  const token = await acme.fetchToken(await server.authorize(request.url), request);
  await expect(acme.profile(token)).resolves.toMatchObject({ id: "ada", name: "Ada Lovelace" });
  const next = await acme.refreshToken(token);
  expect(next.accessToken).not.toBe(token.accessToken);
});
