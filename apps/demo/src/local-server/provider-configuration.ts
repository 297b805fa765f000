import { randomBytes, X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { html } from "hono/html";
import { errors } from "oidc-provider";
import { createMemoryAdapter } from "oidc-provider/lib/adapters/memory_adapter.js";
import type { JWK } from "jose";
import { findAccount } from "./accounts.ts";
import { DETAILS_TYPE, RESOURCE, SCOPES } from "./offers.ts";
import { formPage, localPage } from "./pages.ts";

/** What oidc-provider does at the local server. */
export function providerConfiguration(
  clients: readonly object[],
  key: JWK,
): Readonly<Record<string, unknown>> {
  return {
    clients,
    adapter: createMemoryAdapter(),
    jwks: { keys: [key] },
    enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
    scopes: SCOPES,
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    clientAuthMethods: [
      "client_secret_basic",
      "client_secret_post",
      "none",
      "client_secret_jwt",
      "private_key_jwt",
      "self_signed_tls_client_auth",
    ],
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount,
    // The tests of the playground move its clock, and this server has the machine's.
    clockTolerance: 60,
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    ttl: TTL,
    renderError: async (context: { body: unknown; type: string }, out: object) => {
      context.type = "html";
      context.body = await localPage(
        "The request is wrong",
        html`<pre>${JSON.stringify(out, null, 2)}</pre>`,
      );
    },
    features: FEATURES,
  };
}

/** How long each thing lives, in seconds. */
const TTL = {
  AccessToken: 600,
  AuthorizationCode: 60,
  ClientCredentials: 600,
  DeviceCode: 600,
  Grant: 86_400,
  IdToken: 600,
  Interaction: 600,
  RefreshToken: 86_400,
  Session: 86_400,
};

interface PageContext {
  body: unknown;
}

const FEATURES = {
  devInteractions: { enabled: false },
  clientCredentials: { enabled: true },
  introspection: { enabled: true, allowedPolicy: isOwnToken },
  revocation: { enabled: true, allowedPolicy: isOwnToken },
  pushedAuthorizationRequests: { enabled: true },
  dPoP: { enabled: true },
  mTLS: {
    enabled: true,
    selfSignedTlsClientAuth: true,
    getCertificate: ({ socket }: { readonly socket: Socket | TLSSocket }) => {
      const raw = "getPeerCertificate" in socket ? socket.getPeerCertificate().raw : undefined;
      return raw && new X509Certificate(raw);
    },
  },
  resourceIndicators: {
    enabled: true,
    useGrantedResource: () => true,
    getResourceServerInfo: (_context: unknown, resource: string) => {
      if (resource !== RESOURCE) throw new errors.InvalidTarget(`The API here is ${RESOURCE}`);
      return { scope: "jobs:read jobs:write", audience: resource, accessTokenTTL: 600 };
    },
  },
  richAuthorizationRequests: {
    enabled: true,
    types: { [DETAILS_TYPE]: { validate: () => undefined } },
    authorizationDetailsForGrantSource: (context: RarContext) => asked(context),
    authorizationDetailsForAccessToken: (_context: unknown, _token: unknown, source?: Source) =>
      source?.rar,
    authorizationDetailsForIntrospection: (_context: unknown, token: Source) => token.rar,
  },
  deviceFlow: {
    enabled: true,
    userCodeInputSource: async (
      context: PageContext,
      form: string,
      _out: unknown,
      error?: Error,
    ) => {
      context.body = await formPage(
        "Enter the code",
        error ? "That code did not work. Try again." : "The device shows it.",
        { form, buttons: html`<button form="op.deviceInputForm">Continue</button>` },
      );
    },
    userCodeConfirmSource: async (
      context: PageContext,
      form: string,
      client: { readonly clientName: string },
      _device: unknown,
      userCode: string,
    ) => {
      context.body = await formPage(
        "Is this your device?",
        `${client.clientName} shows the code ${userCode}.`,
        {
          form,
          buttons: html`<button form="op.deviceConfirmForm">Continue</button>
            <button form="op.deviceConfirmForm" name="abort" value="yes">Cancel</button>`,
        },
      );
    },
    successSource: async (context: PageContext) => {
      context.body = await localPage("Device connected", html`<p>Go back to the device.</p>`);
    },
  },
  rpInitiatedLogout: {
    enabled: true,
    logoutSource: async (context: PageContext, form: string) => {
      context.body = await formPage("Sign out?", "You are signed in at this server.", {
        form,
        buttons: html`<button form="op.logoutForm" name="logout" value="yes">Sign out</button>
          <button form="op.logoutForm">Stay signed in</button>`,
      });
    },
    postLogoutSuccessSource: async (context: PageContext) => {
      context.body = await localPage("You are signed out", html`<p>Go back to the app.</p>`);
    },
  },
};

interface Source {
  readonly rar?: readonly object[];
}

/** Whether a client may ask about a token, or revoke it: only about its own. */
function isOwnToken(
  _context: unknown,
  client: { readonly clientId: string },
  token: { readonly clientId?: string },
): boolean {
  return token.clientId === client.clientId;
}

interface RarContext {
  readonly oidc: {
    readonly params: Readonly<Record<string, string | undefined>>;
    readonly grant?: { readonly rar?: readonly object[] };
  };
}

function asked({ oidc }: RarContext): unknown {
  const text = oidc.params["authorization_details"];
  return text === undefined ? undefined : JSON.parse(text);
}
