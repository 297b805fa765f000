import { isFilledText } from "../options/option-rules.ts";
import type { ClientContext } from "../client-context.ts";
import { sameSecret } from "../crypto/random.ts";
import { throwProblems } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { isIssuer, issuerText } from "../oidc/issuer.ts";
import type { Provider } from "../provider.ts";
import { errorOfCallback } from "./callback-error.ts";
import { type CallbackInput, fragmentOf, readParameters } from "./callback-parameters.ts";
import { keptFrom, keptParameters, SINGLE } from "../endpoints/kept-parameters.ts";
import type { EndingMethod } from "./misused-arguments.ts";
import type { AuthorizationRequest } from "./request.ts";
import { isMaxAge } from "./request-options.ts";

/** Milliseconds that an authorization request is valid. */
const LIFETIME = 10 * 60_000;
/** Milliseconds that the clock of the server which made the request may be ahead. */
const CLOCK_SKEW = 60_000;

/** What a callback brought that was checked. */
export interface CodeCallback {
  readonly code: string;
  /** Its `iss` (RFC 9207), which was checked as far as it can be without an ID token. */
  readonly issuer: string | undefined;
  /** The parameters that the provider's definition keeps. */
  readonly kept: Readonly<Record<string, string>>;
}

/**
 * Checks a callback against its authorization request and returns what it brought. The token endpoint has not been asked
 * yet when this throws.
 *
 * @throws OAuthError as {@link checkAnswer} does, and `CODE_MISSING`; ConfigurationError for an unusable request.
 */
export async function codeFromCallback(
  context: ClientContext,
  callback: CallbackInput,
  request: AuthorizationRequest,
): Promise<CodeCallback> {
  const { name } = context.provider;
  checkRequest(context, "fetchToken()", request);
  const parameters = await readParameters(name, callback);
  checkAnswer(context, parameters, request);
  // A page also has the fragment: a token in it was requested by somebody else.
  if ([parameters, fragmentOf(callback)].some(hasToken)) {
    const message = "The callback carries a token; only a code is accepted here.";
    throw new OAuthError("CALLBACK_INVALID", message, { provider: name });
  }
  const code = parameters.get("code");
  if (code) {
    const issuer = parameters.get("iss") ?? undefined;
    return { code, issuer, kept: keptFrom(context.provider, (each) => parameters.get(each)) };
  }
  const message = `The callback has no code. Check the callback URL at ${name}.`;
  throw new OAuthError("CODE_MISSING", message, { provider: name });
}

function hasToken(parameters: URLSearchParams): boolean {
  return parameters.has("access_token") || parameters.has("id_token");
}

/**
 * Checks a callback's parameters against the authorization request that they answer.
 *
 * The order matters: nothing in the callback is believed before its state is right, an error neither.
 *
 * @throws OAuthError: `CALLBACK_INVALID`, `PROVIDER_MISMATCH`, `AUTHORIZATION_REQUEST_EXPIRED`, `STATE_MISMATCH`,
 * `ISSUER_MISMATCH`, or the error that the provider sent.
 */
export function checkAnswer(
  context: ClientContext,
  parameters: URLSearchParams,
  request: AuthorizationRequest,
): void {
  const { provider } = context;
  const refuse = (code: OAuthError["code"], message: string): never => {
    throw new OAuthError(code, message, { provider: provider.name });
  };
  for (const name of [...SINGLE, ...keptParameters(provider).map((kept) => kept.name)]) {
    if (parameters.getAll(name).length > 1) {
      refuse("CALLBACK_INVALID", `The callback repeats the parameter ${name}.`);
    }
  }
  checkOrigin(context, request);
  if (parameters.size === 0) {
    refuse(
      "CALLBACK_INVALID",
      "The callback has no parameters. Pass its whole URL (request.url on a server, location.href in a page), not the code or the path alone. For a posted form (form_post) pass the request or its body, not its query.",
    );
  }
  const state = parameters.get("state");
  if (state === null || !sameSecret(state, request.state)) {
    refuse(
      "STATE_MISMATCH",
      `The callback's state ${state === null ? "is missing" : "is not the one that was sent"}: it does not answer this sign-in. Start again, and check that the user's session survives the redirect to ${provider.name} and back.`,
    );
  }
  checkIssuer(provider, parameters.get("iss"));
  const error = errorOfCallback(context, parameters, request);
  if (error) throw error;
}

/** Says with which other provider a request was made; undefined when it was this one. */
function otherProvider(
  { provider: { name, issuer, endpoints }, hooks }: ClientContext,
  request: AuthorizationRequest,
): string | undefined {
  if (request.provider !== name) return `provider than ${name}`;
  // Names can be equal, those of discovered providers too; issuers cannot (RFC 9700 §4.4).
  if (request.issuer !== issuerText(issuer)) return "issuer of the same name";
  // Without an issuer the authorization endpoint tells providers apart, unless a hook chooses it.
  if (issuer !== undefined || hooks.has("authorizationRequest")) return undefined;
  const isSame = placeOf(request.url) === placeOf(endpoints.authorization);
  return isSame ? undefined : "authorization endpoint than that of this provider";
}

/** The origin, the path and the fragment of a URL. */
function placeOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { origin, pathname, hash } = new URL(url);
  return origin + pathname + hash;
}

/** Checks that a request was made for this provider, and lately. */
function checkOrigin(context: ClientContext, request: AuthorizationRequest): void {
  const { provider, clock } = context;
  const { name } = provider;
  const other = otherProvider(context, request);
  if (other !== undefined) {
    const message = `This sign-in was started with another ${other}. Give each provider a callback URL of its own, and start again.`;
    throw new OAuthError("PROVIDER_MISMATCH", message, { provider: name });
  }
  const age = clock.now() - request.issuedAt;
  if (age <= LIFETIME && age >= -CLOCK_SKEW) return;
  const reason =
    age > LIFETIME
      ? "was started more than ten minutes ago"
      : "was started in the future by this machine's clock: compare the clocks of your servers";
  const message = `This sign-in ${reason}. Start it again.`;
  throw new OAuthError("AUTHORIZATION_REQUEST_EXPIRED", message, { provider: name });
}

function checkIssuer({ name, issuer, issuerInCallback }: Provider, iss: string | null): void {
  const isDue = iss !== null || issuerInCallback === true;
  // That of a template is compared with the ID token's, too, as soon as there is one.
  if (!isDue || issuer === undefined || isIssuer(issuer, iss)) return;
  const named = iss === null ? "is missing" : "names another issuer";
  const advice = iss?.startsWith("http:")
    ? " If it comes from an emulator, pass all of its endpoints to the provider, issuer too."
    : "";
  const message = `The callback's iss ${named}; expected ${issuerText(issuer)} (RFC 9207).${advice}`;
  throw new OAuthError("ISSUER_MISMATCH", message, { provider: name });
}

type StoredRequest = Readonly<Record<keyof AuthorizationRequest, unknown>>;

/** What each field of a stored authorization request must be. */
const FIELDS: Partial<Record<keyof AuthorizationRequest, (value: unknown) => boolean>> = {
  provider: isFilledText,
  state: isFilledText,
  redirectUri: isFilledText,
  scope: (scope) => Array.isArray(scope) && scope.every((name) => typeof name === "string"),
  issuer: (value) => value === undefined || isFilledText(value),
  maxAge: (value) => value === undefined || isMaxAge(value),
  issuedAt: Number.isFinite,
};

/**
 * Checks that a stored authorization request can be answered by the method.
 *
 * @throws ConfigurationError that lists every problem.
 */
export function checkRequest(
  { provider, idTokens }: ClientContext,
  method: EndingMethod,
  request: AuthorizationRequest,
): void {
  const stored = request as unknown as StoredRequest;
  const wrong = Object.entries(FIELDS)
    .filter(([name, fits]) => !fits(stored[name as keyof AuthorizationRequest]))
    .map(([name]) => name);
  // The definition decides, not the record: one without a verifier must not switch PKCE off.
  const needsVerifier = method === "fetchToken()" && provider.pkce !== false;
  if (needsVerifier && !isFilledText(stored.codeVerifier)) wrong.push("codeVerifier");
  // Where there will be an ID token, it is tied to this sign-in by a nonce.
  const needsNonce = idTokens.needsNonce([stored.scope].flat(), stored.responseType);
  if (needsNonce && !isFilledText(stored.nonce)) wrong.push("nonce");
  const problems = wrong.map(
    (name) => `request.${name} is missing or wrong: pass what authorizationRequest() returned`,
  );
  throwProblems(method, [...problems, ...idTokens.scopeProblems(stored.scope)], provider.name);
}
