import type { ClientContext } from "../client-context.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { plainDetails, providerError } from "../errors/provider-error.ts";
import { Redactor } from "../errors/redaction.ts";
import { type CallbackInput, fragmentOf, readParameters } from "./callback-parameters.ts";
import { sameSecret } from "../crypto/random.ts";
import type { AuthorizationRequest } from "./request.ts";
import { isMaxAge } from "./request-options.ts";

const LIFETIME = 10 * 60_000;
const SINGLE = ["code", "state", "iss", "error", "error_description", "error_uri"];

/** Refuses a callback. */
type Refuse = (code: OAuthError["code"], message: string) => never;

function refuserOf(provider: string): Refuse {
  return (code, message) => {
    throw new OAuthError(code, message, { provider });
  };
}

/**
 * Checks a callback against the request that it should answer, and takes the code out of it.
 *
 * @throws OAuthError; the token endpoint has not been asked then.
 */
export async function codeFromCallback(
  context: ClientContext,
  callback: CallbackInput,
  request: AuthorizationRequest,
): Promise<string> {
  const { provider } = context;
  checkRequest(context, "fetchToken()", request);
  const parameters = await readParameters(provider.name, callback);
  checkAnswer(context, parameters, request);
  const refuse = refuserOf(provider.name);
  // A page has the fragment too; nothing in it counts, and a token in it was asked for by somebody else.
  if ([parameters, fragmentOf(callback)].some(hasToken)) {
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

function hasToken(parameters: URLSearchParams): boolean {
  return parameters.has("access_token") || parameters.has("id_token");
}

/**
 * Checks what a callback says against the request that it should answer.
 *
 * The order matters: nothing that the callback says is believed, an error neither, before its state is right.
 */
export function checkAnswer(
  context: ClientContext,
  parameters: URLSearchParams,
  request: AuthorizationRequest,
): void {
  const { provider, clock } = context;
  const refuse = refuserOf(provider.name);
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
      "AUTHORIZATION_REQUEST_EXPIRED",
      "This sign-in was begun more than ten minutes ago. Start it again.",
    );
  }
  if (parameters.size === 0) {
    refuse(
      "CALLBACK_INVALID",
      "The callback has no parameters: pass its whole URL (request.url on a server, location.href in a page), not the code or the path alone.",
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
}

function checkIssuer({ provider }: ClientContext, iss: string | null, refuse: Refuse): void {
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

/** Whether a request is one that can be answered, of the flow that the method ends. */
export function checkRequest(
  { provider, idTokens }: ClientContext,
  method: "fetchToken()" | "tokenFromFragment()",
  request: AuthorizationRequest | null | undefined,
): void {
  const misuse = misuseOf(request);
  if (misuse) throw new ConfigurationError(method, [misuse], provider.name);
  const stored = (request ?? {}) as Record<keyof AuthorizationRequest, unknown>;
  const isCodeFlow = method === "fetchToken()";
  const { scope } = stored;
  const problems = (["provider", "state", "codeVerifier", "redirectUri"] as const)
    .filter((name) => isCodeFlow || name !== "codeVerifier")
    .filter((name) => typeof stored[name] !== "string" || stored[name] === "")
    .map((name) => `request.${name} is missing: pass what authorizationRequest() returned`);
  if (isCodeFlow !== (stored.responseType === undefined)) {
    problems.splice(
      0,
      problems.length,
      isCodeFlow
        ? 'request was made with responseType: "token": end it with tokenFromFragment()'
        : "request was made for a code: end it with fetchToken()",
    );
  }
  if (!Number.isFinite(stored.issuedAt)) {
    problems.push("request.issuedAt must be as authorizationRequest() made it");
  }
  if (stored.maxAge !== undefined && !isMaxAge(stored.maxAge)) {
    problems.push("request.maxAge must be as authorizationRequest() made it");
  }
  if (!Array.isArray(scope) || !scope.every((name) => typeof name === "string")) {
    problems.push("request.scope must be as authorizationRequest() made it");
  } else if (lacksNonce(scope, idTokens.supported, stored.nonce)) {
    problems.push("request.nonce is missing: pass what authorizationRequest() returned");
  }
  if (problems.length > 0) throw new ConfigurationError(method, problems, provider.name);
}

/** A nonce is always in where there will be an ID token: without it, the token would not be tied to this sign-in. */
function lacksNonce(scope: readonly string[], supported: boolean, nonce: unknown): boolean {
  return scope.includes("openid") && supported && typeof nonce !== "string";
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
