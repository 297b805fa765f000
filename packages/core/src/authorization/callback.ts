import type { ClientContext } from "../client-context.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { plainDetails, providerError } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { type CallbackInput, readParameters } from "./callback-parameters.ts";
import { sameSecret } from "./random.ts";
import type { AuthorizationRequest } from "./request.ts";

const LIFETIME = 10 * 60_000;
const SINGLE = ["code", "state", "iss", "error", "error_description", "error_uri"];

/**
 * Checks a callback against the request that it should answer, and takes the code out of it.
 *
 * The order matters: nothing that the callback says is believed, an error neither, before its state is right.
 *
 * @throws OAuthError; the token endpoint has not been asked then.
 */
export async function codeFromCallback(
  context: ClientContext,
  callback: CallbackInput,
  request: AuthorizationRequest,
): Promise<string> {
  const { provider, clock } = context;
  checkRequest(context, request);
  const parameters = await readParameters(provider.name, callback);
  const refuse = (code: OAuthError["code"], message: string): never => {
    throw new OAuthError(code, message, { provider: provider.name });
  };
  for (const name of SINGLE) {
    if (parameters.getAll(name).length > 1) {
      refuse("CALLBACK_INVALID", `The callback repeats the parameter ${name}; it is refused.`);
    }
  }
  if (request.provider !== provider.name) {
    refuse(
      "PROVIDER_MISMATCH",
      `This sign-in was begun with another provider than ${provider.name}. Give each provider a callback URL of its own, and start again.`,
    );
  }
  const age = clock.now() - request.issuedAt;
  if (age > LIFETIME || age < -LIFETIME) {
    refuse(
      "TRANSACTION_EXPIRED",
      "This sign-in was begun more than ten minutes ago. Start it again.",
    );
  }
  const state = parameters.get("state");
  if (state === null || !sameSecret(state, request.state)) {
    refuse(
      "STATE_MISMATCH",
      `The callback's state ${state === null ? "is missing" : "is not the one that was sent"}: it does not answer this sign-in. Start again, and check that the user's session survives the way to ${provider.name} and back.`,
    );
  }
  checkIssuer(context, parameters.get("iss"), refuse);
  throwIfError(context, parameters, request);
  if (parameters.has("access_token") || parameters.has("id_token")) {
    refuse("CALLBACK_INVALID", "The callback carries a token; only a code is accepted here.");
  }
  const code = parameters.get("code");
  return code
    ? code
    : refuse(
        "CODE_MISSING",
        `The callback has no code. Check the callback URL at ${provider.name}.`,
      );
}

function checkIssuer(
  { provider }: ClientContext,
  iss: string | null,
  refuse: (code: OAuthError["code"], message: string) => never,
): void {
  if (iss === null && !provider.issuerInCallback) return;
  if (provider.issuer !== undefined && iss !== provider.issuer) {
    refuse(
      "ISSUER_MISMATCH",
      `The callback's iss ${iss === null ? "is missing" : "is another issuer's"}; expected ${provider.issuer} (RFC 9207).${iss?.startsWith("http:") ? " If it comes from an emulator, give the client all of its endpoints, issuer too." : ""}`,
    );
  }
}

function throwIfError(
  { provider, clientSecret }: ClientContext,
  parameters: URLSearchParams,
  request: AuthorizationRequest,
): void {
  const error = parameters.get("error");
  if (error === null) return;
  const known = new Set([...SINGLE, "scope"]);
  throw providerError(
    {
      error: error || "error",
      errorDescription: parameters.get("error_description") ?? undefined,
      errorUri: parameters.get("error_uri") ?? undefined,
      details: plainDetails([...parameters].filter(([name]) => !known.has(name))),
    },
    {
      provider: provider.name,
      what: "the authorization request",
      aliases: provider.errorAliases,
      advice: /redirect_uri/.test(error)
        ? `This client sent ${request.redirectUri}: register it with ${provider.name}, letter by letter.`
        : undefined,
      redactor: new Redactor([
        clientSecret,
        request.state,
        request.codeVerifier,
        request.nonce,
        parameters.get("code") ?? undefined,
      ]),
    },
  );
}

function checkRequest(
  { provider, idTokens }: ClientContext,
  request: AuthorizationRequest | null | undefined,
): void {
  const misuse = misuseOf(request);
  if (misuse) throw new ConfigurationError("fetchToken()", [misuse], provider.name);
  const stored = (request ?? {}) as Record<keyof AuthorizationRequest, unknown>;
  const { scope } = stored;
  const problems = (["provider", "state", "codeVerifier", "redirectUri"] as const)
    .filter((name) => typeof stored[name] !== "string" || stored[name] === "")
    .map((name) => `request.${name} is missing: pass what authorizationRequest() returned`);
  if (!Number.isFinite(stored.issuedAt)) {
    problems.push("request.issuedAt must be as authorizationRequest() made it");
  }
  if (!Array.isArray(scope) || !scope.every((name) => typeof name === "string")) {
    problems.push("request.scope must be as authorizationRequest() made it");
  } else if (scope.includes("openid") && idTokens.supported && typeof stored.nonce !== "string") {
    problems.push("request.nonce is missing: pass what authorizationRequest() returned");
  }
  if (problems.length > 0) throw new ConfigurationError("fetchToken()", problems, provider.name);
}

/** What a request often is that is none. */
function misuseOf(request: unknown): string | undefined {
  if (request === undefined || request === null) {
    return "there is no request: this visitor has no sign-in under way (is their session lost?)";
  }
  if (typeof request === "string") return "request is a string: JSON.parse it first";
  return typeof (request as { then?: unknown }).then === "function"
    ? "request is a promise: await authorizationRequest()"
    : undefined;
}
