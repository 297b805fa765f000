import { FORM_TYPE } from "../endpoints/endpoint-parameters.ts";
import type { ProtectedResponseHookValue } from "../hooks.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import type { NextHop } from "../http/redirects.ts";
import { jsonOrText } from "../http/response-body.ts";
import { placeInBody, placeInUrl, removeFromUrl } from "../tokens/place-token.ts";
import {
  AUTHORIZATION,
  isAuthorization,
  type ResolvedPlacement,
} from "../tokens/token-placement.ts";
import type { Token } from "../tokens/token.ts";
import {
  type Authorization,
  type Authorizer,
  type DpopRequest,
  HookFailure,
  type OutgoingRequest,
  type ReceivedAnswer,
} from "../requests/authorizer.ts";
import { type ApiAnswer, isExpiredToken, rejectsToken } from "../tokens/expired-token.ts";
import { hooked } from "./protected-request-hooks.ts";
import { isBound, placementOf, sendWithDpopProof } from "./dpop-requests.ts";
import type { TokenHolder } from "./session-context.ts";

/** The token of an OAuth 2.0 session, put into each request (RFC 6750 §2, RFC 9449 §7.1). */
export class TokenAuthorizer implements Authorizer {
  readonly #holder: TokenHolder;

  constructor(holder: TokenHolder) {
    this.#holder = holder;
  }

  get secrets(): readonly (string | undefined)[] {
    const { context, token } = this.#holder;
    return [...secretsOf(token.current), ...context.client.secret.known];
  }

  checkTarget(url: URL): void {
    const { placement, context } = this.#holder;
    const field = placement.in === "query" ? placement.name : "access_token";
    // By its decoded name: %5F is an underscore to the server as well.
    if (url.search === "" || !url.searchParams.has(field)) return;
    throw new OAuthError(
      "TOKEN_IN_URL",
      `The request's URL has ${field} in it, and the session adds the token by itself: leave it out. (URLs end up in logs; a token is put into one only by tokenPlacement: "query".)`,
      { provider: context.client.provider.name },
    );
  }

  usable(signal: AbortSignal): Promise<PlacedToken> | PlacedToken {
    const usable = this.#holder.token.usable(signal);
    return usable instanceof Promise
      ? usable.then((token) => this.#placed(token))
      : this.#placed(usable);
  }

  isRefusal(answer: ReceivedAnswer): Promise<boolean> | boolean {
    const { status } = answer;
    const { expiredToken } = this.#holder;
    if (expiredToken === undefined) {
      return status === 401 && rejectsToken(status, answer.header("www-authenticate"));
    }
    return isExpiredToken(expiredToken, apiAnswer(answer)).catch((error: unknown) => {
      throw new HookFailure(error);
    });
  }

  get rateLimitWait(): Authorizer["rateLimitWait"] {
    const { rateLimitWait: judge } = this.#holder.context.client;
    if (judge === undefined) return undefined;
    return async (answer, waited) => {
      try {
        return await judge(apiAnswer(answer), waited);
      } catch (error) {
        throw new HookFailure(error);
      }
    };
  }

  replacement(
    refused: PlacedToken,
    signal: AbortSignal,
  ): Promise<PlacedToken | undefined> | undefined {
    const replacing = this.#holder.token.replacement(refused.token, signal);
    return replacing?.then((token) => token && this.#placed(token));
  }

  settlingPause({ token }: PlacedToken, times: number): number | undefined {
    const { settlingSeconds, context } = this.#holder;
    if (settlingSeconds === undefined) return undefined;
    const age = context.client.clock.now() - (token.issuedAt?.getTime() ?? 0);
    return age < settlingSeconds * 1000 ? (times + 1) * 1000 : undefined;
  }

  moved(url: URL, refused: PlacedToken, next: PlacedToken): URL {
    return this.#holder.context.origins.moved?.(url, refused.token, next.token) ?? url;
  }

  #placed(token: Token): PlacedToken {
    return isBound(token)
      ? new BoundToken(this.#holder, token)
      : new PlacedToken(this.#holder, token);
  }
}

/** A token on its way into a request. */
class PlacedToken implements Authorization {
  readonly token: Token;
  protected readonly holder: TokenHolder;

  constructor(holder: TokenHolder, token: Token) {
    this.holder = holder;
    this.token = token;
  }

  get secrets(): readonly (string | undefined)[] {
    return secretsOf(this.token);
  }

  place(request: OutgoingRequest): Promise<void> | void {
    const { hooks } = this.holder.context.client;
    const usual = placementOf(this.holder, this.token);
    if (hooks.has("protectedRequest")) return this.#placeAfterHooks(request, usual);
    this.#put(request, usual);
  }

  received(
    { url, method }: { readonly url: URL; readonly method: string },
    answer: ReceivedAnswer,
  ): Promise<void> | undefined {
    const { hooks, provider } = this.holder.context.client;
    if (!hooks.has("protectedResponse")) return undefined;
    const value: ProtectedResponseHookValue = {
      url: url.href,
      method,
      status: answer.status,
      header: (name) => answer.header(name) ?? undefined,
    };
    return hooks.run("protectedResponse", value, { provider: provider.name }).then(() => undefined);
  }

  async #placeAfterHooks(request: OutgoingRequest, usual: ResolvedPlacement): Promise<void> {
    const placement = await hooked(this.holder, request, this.token, usual);
    if (placement) this.#put(request, placement);
  }

  #put(request: OutgoingRequest, placement: ResolvedPlacement): void {
    const { headers } = request;
    const { accessToken } = this.token;
    const { placement: usual } = this.holder;
    // A caller's own credential must not stand beside the token.
    if (usual !== placement && usual.in === "header") headers.delete(usual.name);
    if (placement.in === "header") {
      if (!isAuthorization(placement.name)) headers.delete(AUTHORIZATION);
      headers.set(placement.name, placement.prefix + accessToken, true);
      return;
    }
    headers.delete(AUTHORIZATION);
    if (placement.in === "query") {
      request.url = new URL(placeInUrl(request.url.href, placement.name, accessToken));
    } else {
      const { provider } = this.holder.context.client;
      placeInForm(request, placement.name, this.token, provider.name);
    }
  }

  /**
   * To the same origin only, and not if its place was a body that the redirect drops. After another origin it stays away:
   * a redirect back to the API would let that origin choose what is called with the token.
   */
  followsTo({ sameOrigin, keepBody }: NextHop): boolean {
    return sameOrigin && (keepBody || this.holder.placement.in !== "body");
  }

  removedFrom(url: URL): URL {
    return removeFromUrl(url, this.token.accessToken);
  }
}

/** A token that is bound to a key. */
class BoundToken extends PlacedToken {
  transmit<Answer>(request: DpopRequest<Answer>): Promise<Answer> {
    return sendWithDpopProof(this.holder, this.token, request);
  }
}

function placeInForm(
  request: OutgoingRequest,
  name: string,
  { accessToken }: Token,
  provider: string,
): void {
  const { method, headers, body } = request;
  const type = headers.get("Content-Type");
  const isForm = typeof type !== "string" || type.toLowerCase().startsWith(FORM_TYPE);
  const form =
    method === "GET" || method === "HEAD" || !isForm
      ? undefined
      : placeInBody(body, name, accessToken);
  if (!form) {
    throw new OAuthError(
      "TOKEN_INVALID",
      'tokenPlacement: "body" needs a request with a form body (RFC 6750 §2.2). Send URLSearchParams, or choose another placement.',
      { provider },
    );
  }
  request.body = form.toString();
  headers.set("Content-Type", FORM_TYPE, true);
}

function secretsOf({ accessToken, refreshToken, idToken }: Token): (string | undefined)[] {
  return [accessToken, refreshToken, idToken];
}

function apiAnswer(answer: ReceivedAnswer): ApiAnswer {
  return {
    status: answer.status,
    header: (name) => answer.header(name) ?? undefined,
    data: async () => jsonOrText(await answer.text()),
  };
}
