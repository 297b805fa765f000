import type { KeyObject } from "node:crypto";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import type { JWTPayload } from "jose";
import { basicCredentials } from "../server/parameters.ts";
import type { WireParameters } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import type { EntraError } from "./errors.ts";
import type { MicrosoftServer } from "./server.ts";
import type { MicrosoftAccess } from "./tokens.ts";

/** The `aud` of tokens of another identity provider that serve as client assertions. */
export const FEDERATION_AUDIENCE = "api://AzureADTokenExchange";

/** The only `sub` of such tokens that the application trusts. */
export const FEDERATED_SUBJECT = "system:serviceaccount:default:emulator";

/**
 * Checks the credentials of the application: a secret, an assertion that a registered certificate signed, or a token of
 * another identity provider. Returns the error, if any.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
export async function clientProblem(
  server: MicrosoftServer,
  c: EmulatorContext,
  parameters: WireParameters,
): Promise<EntraError | undefined> {
  const basic = basicCredentials(c);
  const clientId = basic?.name ?? parameters["client_id"];
  const secret = basic?.password ?? parameters["client_secret"];
  const assertion = parameters["client_assertion"];
  if (clientId === undefined) {
    const text = "The request body must contain the following parameter: 'client_id'.";
    return { error: "invalid_request", code: 900144, text };
  }
  if (clientId !== server.clientId) return unknownClient(clientId);
  if (assertion !== undefined) return assertionProblem(server, assertion);
  if (server.switches.clientType === "public") {
    return secret === undefined ? undefined : PUBLIC_WITH_SECRET;
  }
  if (secret === undefined) return NO_CREDENTIALS;
  return secret === server.clientSecret ? undefined : WRONG_SECRET;
}

/** The error for another client id. */
export function unknownClient(clientId: string): EntraError {
  const text = `Application with identifier '${clientId}' was not found in the directory.`;
  return { error: "unauthorized_client", code: 700016, text };
}

const PUBLIC_WITH_SECRET: EntraError = {
  error: "invalid_client",
  code: 700025,
  text: "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  status: 401,
};

const NO_CREDENTIALS: EntraError = {
  error: "invalid_client",
  code: 7000218,
  text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  status: 401,
};

const WRONG_SECRET: EntraError = {
  error: "invalid_client",
  code: 7000215,
  text: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
  status: 401,
};

async function assertionProblem(
  server: MicrosoftServer,
  assertion: string,
): Promise<EntraError | undefined> {
  const read = readAssertion(assertion);
  if (read === undefined) return invalid(50027, "JWT token is invalid or malformed.");
  const { header, claims } = read;
  if (claims.iss === federatedIssuer(server)) return federationProblem(server, assertion, claims);
  const identity = server.tokens.access(assertion);
  if (identity !== undefined) return identityProblem(identity);
  const key = server.certificates.keyOf(header);
  if (key === undefined) return NO_SUCH_KEY;
  return (await timedProblem(server, assertion, key)) ?? claimsProblem(server, claims);
}

const NO_SUCH_KEY = invalid(
  700027,
  "Client assertion contains an invalid signature. [Reason - The key was not found.]",
);

// MSAL rounds the time of its assertions up. From memory: five minutes are tolerated.
const SKEW_SECONDS = 300;

async function timedProblem(
  server: MicrosoftServer,
  assertion: string,
  key: KeyObject | ReturnType<typeof createLocalJWKSet>,
): Promise<EntraError | undefined> {
  const options = {
    currentDate: new Date(server.now()),
    requiredClaims: ["exp"],
    clockTolerance: SKEW_SECONDS,
  };
  try {
    await (typeof key === "function"
      ? jwtVerify(assertion, key, options)
      : jwtVerify(assertion, key, options));
    return undefined;
  } catch (error) {
    return error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed
      ? invalid(700024, "Client assertion is not within its valid time range.")
      : NO_SUCH_KEY;
  }
}

function claimsProblem(
  { clientId, origin }: MicrosoftServer,
  { iss, sub, aud }: JWTPayload,
): EntraError | undefined {
  if (iss !== clientId || sub !== clientId) {
    return invalid(
      700021,
      "Client assertion application identifier doesn't match 'client_id' parameter.",
    );
  }
  // Microsoft's own libraries name its host, whatever host they call.
  const audience = String(aud).replace("https://login.microsoftonline.com", origin);
  const path = audience.startsWith(`${origin}/`) ? audience.slice(origin.length) : "";
  return /^\/[\w.-]+\/(oauth2\/v2\.0\/token|v2\.0)$/.test(path)
    ? undefined
    : invalid(700023, "Client assertion audience claim does not match Realm issuer.");
}

/** Returns the issuer of tokens of another identity provider. */
export function federatedIssuer({ origin }: MicrosoftServer): string {
  return `${origin}/federated`;
}

// https://learn.microsoft.com/entra/workload-id/workload-identity-federation
async function federationProblem(
  server: MicrosoftServer,
  assertion: string,
  { sub, aud }: JWTPayload,
): Promise<EntraError | undefined> {
  const problem = await timedProblem(
    server,
    assertion,
    createLocalJWKSet(await server.federatedKeys.jwks()),
  );
  if (problem !== undefined) return problem;
  if (aud !== FEDERATION_AUDIENCE) return WRONG_AUDIENCE;
  return sub === FEDERATED_SUBJECT
    ? undefined
    : invalid(
        700213,
        "No matching federated identity record found for presented assertion subject.",
      );
}

/** The application trusts the managed identity too, whose tokens are the emulator's own. */
function identityProblem({ audience, user }: MicrosoftAccess): EntraError | undefined {
  return `api://${audience}` === FEDERATION_AUDIENCE && user === undefined
    ? undefined
    : WRONG_AUDIENCE;
}

const WRONG_AUDIENCE = invalid(
  700212,
  "No matching federated identity record found for presented assertion audience.",
);

function invalid(code: number, text: string): EntraError {
  return { error: "invalid_client", code, text, status: 401 };
}

function readAssertion(
  assertion: string,
): { header: Readonly<Record<string, unknown>>; claims: JWTPayload } | undefined {
  try {
    return { header: { ...decodeProtectedHeader(assertion) }, claims: decodeJwt(assertion) };
  } catch {
    return undefined;
  }
}
