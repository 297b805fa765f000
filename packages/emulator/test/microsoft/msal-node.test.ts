// Microsoft's own client for Node.js as the judge of what the emulator serves.
import { expect, it } from "@jest/globals";
import { ConfidentialClientApplication, PublicClientApplication } from "@azure/msal-node";
import type { Configuration, INetworkModule, NetworkRequestOptions } from "@azure/msal-node";
import { startMicrosoft } from "../../src/index.ts";
import type { MicrosoftEmulator } from "../../src/index.ts";
import { closedAfterEach } from "../support/running.ts";
import { CALLBACK, CHALLENGE, get, parameter, VERIFIER } from "../support/wire.ts";

const running = closedAfterEach();
const HOST = "https://login.microsoftonline.com";

/** MSAL insists on https: its requests go to the emulator in place of Microsoft's host. */
function networkTo({ origin }: MicrosoftEmulator): INetworkModule {
  const send = async (method: string, url: string, options: NetworkRequestOptions = {}) => {
    const { headers = {}, body } = options;
    const response = await fetch(url.replace(HOST, origin), {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return {
      headers: Object.fromEntries(response.headers),
      body: (await response.json()) as any,
      status: response.status,
    };
  };
  return {
    sendGetRequestAsync: (url, options) => send("GET", url, options),
    sendPostRequestAsync: (url, options) => send("POST", url, options),
  };
}

const configuration = (
  microsoft: MicrosoftEmulator,
  auth: Partial<Configuration["auth"]>,
): Configuration => ({
  auth: { clientId: microsoft.clientId, authority: `${HOST}/common`, ...auth },
  system: { networkClient: networkTo(microsoft) },
});

it("signs in with a code, and refreshes silently", async () => {
  const microsoft = await running(startMicrosoft());
  const { clientSecret } = microsoft;
  const client = new ConfidentialClientApplication(configuration(microsoft, { clientSecret }));
  const request = { scopes: ["User.Read"], redirectUri: CALLBACK };
  const url = await client.getAuthCodeUrl({
    ...request,
    codeChallenge: CHALLENGE,
    codeChallengeMethod: "S256",
    nonce: "n-1",
  });
  const callback = await microsoft.authorize(url.replace(HOST, microsoft.origin));
  const code = parameter(callback, "code") ?? "";
  const answer = { ...request, code, codeVerifier: VERIFIER };
  await expect(client.acquireTokenByCode({ ...answer, nonce: "n-2" })).rejects.toThrow(/nonce/);
  const next = parameter(await microsoft.authorize(url.replace(HOST, microsoft.origin)), "code");
  const result = await client.acquireTokenByCode({ ...answer, code: next ?? "", nonce: "n-1" });
  expect(result).toMatchObject({
    tenantId: microsoft.tenantId,
    account: {
      username: "ada@contoso.example",
      homeAccountId: `${microsoft.users[0]?.oid}.${microsoft.tenantId}`,
    },
    idTokenClaims: { nonce: "n-1" },
  });
  expect((await get(`${microsoft.endpoints.api}/me`, result.accessToken)).status).toBe(200);
  const { account } = result;
  if (account === null) throw new Error("There is no account.");
  const cached = await client.acquireTokenSilent({ account, scopes: ["User.Read"] });
  expect([cached.fromCache, cached.accessToken]).toEqual([true, result.accessToken]);
  const fresh = await client.acquireTokenSilent({
    account,
    scopes: ["User.Read"],
    forceRefresh: true,
  });
  expect([fresh.fromCache, fresh.accessToken]).toEqual([false, expect.any(String)]);
  microsoft.failNext("token-mfa-required");
  await expect(
    client.acquireTokenSilent({ account, scopes: ["User.Read"], forceRefresh: true }),
  ).rejects.toMatchObject({
    name: "InteractionRequiredAuthError",
    errorCode: "interaction_required",
  });
});

it("authenticates with a certificate, for the application itself and on behalf of a user", async () => {
  const microsoft = await running(startMicrosoft());
  const { privateKey, thumbprintSha256 } = await microsoft.createCertificate();
  const hex = Buffer.from(thumbprintSha256, "base64url").toString("hex");
  const client = new ConfidentialClientApplication(
    configuration(microsoft, {
      authority: `${HOST}/${microsoft.tenantId}`,
      clientCertificate: { thumbprintSha256: hex, privateKey },
    }),
  );
  const scopes = ["https://graph.microsoft.com/.default"];
  const own = await client.acquireTokenByClientCredential({ scopes });
  expect(own?.accessToken).toEqual(expect.any(String));
  const api = [`api://${microsoft.clientId}/access_as_user`];
  const url = await client.getAuthCodeUrl({ scopes: api, redirectUri: CALLBACK });
  const callback = await microsoft.authorize(url.replace(HOST, microsoft.origin));
  const code = parameter(callback, "code") ?? "";
  const called = await client.acquireTokenByCode({ scopes: api, redirectUri: CALLBACK, code });
  const onBehalf = await client.acquireTokenOnBehalfOf({
    oboAssertion: called.accessToken,
    scopes: ["User.Read"],
  });
  const me = await get(`${microsoft.endpoints.api}/me`, onBehalf?.accessToken ?? "");
  expect(me.status).toBe(200);
});

it("signs a device in", async () => {
  const microsoft = await running(startMicrosoft({ clientType: "public", deviceInterval: 0 }));
  const client = new PublicClientApplication(configuration(microsoft, {}));
  const result = await client.acquireTokenByDeviceCode({
    scopes: ["User.Read"],
    deviceCodeCallback: ({ userCode }) => void microsoft.approveDevice(userCode),
  });
  expect(result?.account?.username).toBe("ada@contoso.example");
});
