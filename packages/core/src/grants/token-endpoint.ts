import { refuseChangedParameters } from "../authorization/pkce.ts";
import { ownFields } from "../options/own-fields.ts";
import type { ClientContext } from "../client-context.ts";
import { publish, publishError } from "../diagnostics.ts";
import { secretsOf, withoutJwts } from "../errors/error-fields.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { TokenResponseHookValue } from "../hooks.ts";
import {
  askEndpoint,
  type EndpointAnswer,
  type EndpointRequest,
} from "../endpoints/authenticated-endpoint.ts";
import { readForeignError } from "../endpoints/foreign-error.ts";
import { isObject } from "../options/option-rules.ts";
import {
  readRefreshToken,
  readTokenResponse,
  type TokenResponseFields,
  type TokenResponseOptions,
} from "../tokens/token-response.ts";
import { reportIgnored } from "./ignored-fields.ts";

/** What ties a code to the client that asked for it; nothing sends the code without it. */
const PROOF = ["code_verifier"];

/** An accepted token response. */
export interface GrantedTokens {
  readonly fields: TokenResponseFields;
  /** When the response arrived, in milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** Thrown for a refresh whose response was refused, though it has a refresh token. */
export class RefusedTokens {
  /** Why. */
  readonly error: unknown;
  readonly refreshToken: string;
  /** Milliseconds since the epoch. */
  readonly refreshTokenExpiresAt: number | undefined;

  constructor(error: unknown, refreshToken: string, refreshTokenExpiresAt: number | undefined) {
    this.error = error;
    this.refreshToken = refreshToken;
    this.refreshTokenExpiresAt = refreshTokenExpiresAt;
  }
}

/** A token request of one grant. */
export interface TokenRequest
  extends
    Pick<
      EndpointRequest,
      "parameters" | "secrets" | "signal" | "until" | "advice" | "repeatable" | "at"
    >,
    Pick<TokenResponseOptions, "notAccessToken"> {
  /** The `grant_type`. */
  readonly grant: string;
  /** Whether a new token is requested in place of another: the hooks of a refresh run then. */
  readonly isRefresh?: boolean;
  /** Awaited just before the request is sent; what it throws stops the request. */
  readonly beforeSend?: (() => Promise<void>) | undefined;
}

/**
 * Requests tokens from the token endpoint (RFC 6749 §3.2): one request, repeated only where it may be; redirects are
 * refused.
 *
 * @throws OAuthError with the provider's own error, with the transport's, or `TOKEN_RESPONSE_INVALID`; what a hook or
 * `beforeSend` throws; {@link RefusedTokens} instead where a refresh token would be lost with it.
 */
export async function requestTokens(
  context: ClientContext,
  given: TokenRequest,
): Promise<GrantedTokens> {
  const request = ownFields(given);
  const { clock, hooks, provider } = context;
  const { grant, parameters, isRefresh = false } = request;
  const hookContext = { provider: provider.name, grant };
  const start = clock.now();
  // The response as far as the hooks have come: the refresh token in it is kept when the next one throws.
  let received: TokenResponseHookValue | undefined;
  const note = (value: TokenResponseHookValue): void => {
    // A hook may return anything.
    if (typeof value.status === "number" && isObject(value.body)) received = value;
  };
  const granted = await askEndpoint(
    context,
    {
      ...request,
      kind: "token",
      parameters: { ...parameters, grant_type: grant },
      hooks: {
        async request(value) {
          const name = isRefresh ? "refreshRequest" : "tokenRequest";
          const changed = await hooks.run(name, value, hookContext);
          const who = hooks.has(name) ? `${name} hook` : "clientAuthentication function";
          refuseChangedParameters(provider.name, `The ${who}`, PROOF, parameters, changed.body);
          await request.beforeSend?.();
          return changed;
        },
        async response(value) {
          note(value);
          const changed = await hooks.run("tokenResponse", value, hookContext, note);
          return isRefresh ? hooks.run("refreshResponse", changed, hookContext, note) : changed;
        },
      },
    },
    (answer) => accept(context, request, answer),
  ).catch((error: unknown) => {
    publishError(provider.name, error);
    throw (isRefresh && received && rescued(error, received, clock.now())) || error;
  });
  const { fields, receivedAt } = granted;
  publish("grantkit:token", () => ({
    provider: provider.name,
    grant,
    scope: fields.scope,
    expiresIn: fields.expiresIn,
    duration: receivedAt - start,
  }));
  return granted;
}

/** Finds the refresh token of a success response that was refused; undefined for the provider's own error. */
function rescued(
  error: unknown,
  { status, body }: TokenResponseHookValue,
  now: number,
): RefusedTokens | undefined {
  const isOurs = !OAuthError.isInstance(error) || error.code === "TOKEN_RESPONSE_INVALID";
  if (!isOurs || status < 200 || status > 299) return undefined;
  const { refreshToken, refreshTokenExpiresIn: seconds } = readRefreshToken(body);
  const expiresAt = seconds === undefined ? undefined : now + seconds * 1000;
  return refreshToken === undefined ? undefined : new RefusedTokens(error, refreshToken, expiresAt);
}

function accept(
  { provider: { grantedScopeDelimiter: scopeDelimiter, name }, dpop }: ClientContext,
  { isRefresh = false, notAccessToken }: TokenRequest,
  answer: EndpointAnswer,
): GrantedTokens {
  const { body, receivedAt, unusable } = answer;
  const isBound = dpop !== undefined;
  const fields = ownFields(
    readTokenResponse(body, { scopeDelimiter, notAccessToken, isBound, isRefresh }),
  );
  const redactor = answer.redactor([]);
  if ("field" in fields) {
    const { field, reason } = fields;
    const isMissing = field === "access_token" && (body["access_token"] ?? "") === "";
    const said = isMissing ? wordsOf(answer) : undefined;
    const told = said === undefined ? "" : `, and it says "${said}"`;
    throw unusable(field, `${redactor.line(reason)}${told}`, said);
  }
  reportIgnored(name, fields.ignored, (text) => redactor.line(text));
  return { fields, receivedAt };
}

/** Reads what a response without an access token says to people, where it is an error in the provider's own format. */
function wordsOf({ body, redactor }: EndpointAnswer): string | undefined {
  const said = readForeignError(body, 200)?.errorDescription;
  if (said === undefined) return undefined;
  return redactor(secretsOf(body)).line(withoutJwts(said));
}
