import { createHash } from "node:crypto";
import { APP } from "./app.ts";
import type { Answer, Call, Grant, ProviderFacts, Refusal } from "./facts.ts";
import { signIdToken } from "./signing.ts";

const BAD_CODE = { error: "invalid_grant", description: "The code is invalid" };
const BAD_REFRESH_TOKEN = { error: "invalid_grant", description: "The refresh token is invalid" };

/** No two tests of a file get the same token: a client remembers those that have ended. */
let count = 0;

/** The tokens that a mock has issued. */
export class IssuedTokens {
  readonly #codes = new Map<string, Grant>();
  readonly #access = new Map<string, { readonly grant: Grant; readonly expiresAt: number }>();
  readonly #refresh = new Map<string, Grant>();
  readonly #facts: ProviderFacts;

  constructor(facts: ProviderFacts) {
    this.#facts = facts;
  }

  /** Issues an authorization code. */
  addCode(grant: Grant): void {
    grant.code = this.#next("code");
    this.#codes.set(grant.code, grant);
  }

  /** The grant of an access token that is valid. */
  grantOf(accessToken: string | undefined, now: number): Grant | undefined {
    const found = this.#access.get(accessToken ?? "");
    return found && !found.grant.isRevoked && now < found.expiresAt ? found.grant : undefined;
  }

  /** Answers a token request of an authenticated client. */
  async exchange(call: Call, now: number): Promise<Answer | Refusal> {
    const isRefresh = call.fields["grant_type"] === "refresh_token";
    const grant = isRefresh ? this.#refreshed(call) : this.#exchanged(call);
    if ("error" in grant) return grant;
    const facts = this.#facts;
    const { lifetime = Infinity, scopeDelimiter = " " } = facts;
    const request = { call, grant, isRefresh, now };
    const accessToken = this.#next("at");
    this.#access.set(accessToken, { grant, expiresAt: now + lifetime });
    const claims = facts.claims?.(request);
    const times = { aud: APP.clientId, iat: now, exp: now + 600 };
    return {
      body: {
        access_token: accessToken,
        token_type: "Bearer",
        expires_in: facts.lifetime,
        refresh_token: facts.refreshable?.(request) ? this.#nextRefreshToken(request) : undefined,
        scope: grant.scope.join(scopeDelimiter),
        id_token: claims && (await signIdToken({ ...times, ...claims }, facts.signingKey)),
        ...facts.tokenFields?.(request),
      },
    };
  }

  /** Ends the grant of a token. Returns whether the token was valid. */
  revoke(token: string | undefined): boolean {
    const refresh = this.#facts.revokesAccessTokensOnly ? undefined : this.#refresh;
    const grant = this.#access.get(token ?? "")?.grant ?? refresh?.get(token ?? "");
    if (!grant || grant.isRevoked) return false;
    grant.isRevoked = true;
    return true;
  }

  #exchanged({ fields }: Call): Grant | Refusal {
    const grant = this.#codes.get(fields["code"] ?? "");
    // A code works once (RFC 6749 §4.1.2).
    this.#codes.delete(fields["code"] ?? "");
    if (!grant) return BAD_CODE;
    const { redirect_uri: redirectUri, code_challenge: challenge } = grant.query;
    if (fields["redirect_uri"] !== undefined && fields["redirect_uri"] !== redirectUri) {
      return { error: "invalid_grant", description: "redirect_uri does not match" };
    }
    const { pkce } = this.#facts;
    if (pkce === undefined || challenge === undefined) return grant;
    const hash = createHash("sha256").update(fields["code_verifier"] ?? "");
    if (challenge === hash.digest(pkce === "S256" ? "base64url" : "hex")) return grant;
    return { error: "invalid_grant", description: "The code verifier is invalid" };
  }

  #refreshed({ fields }: Call): Grant | Refusal {
    const refreshToken = fields["refresh_token"] ?? "";
    const grant = this.#refresh.get(refreshToken);
    if (!grant || grant.isRevoked) return this.#facts.refreshRefusal ?? BAD_REFRESH_TOKEN;
    if (this.#facts.rotates) this.#refresh.delete(refreshToken);
    return grant;
  }

  #nextRefreshToken({
    grant,
    isRefresh,
  }: {
    grant: Grant;
    isRefresh: boolean;
  }): string | undefined {
    if (isRefresh && !this.#facts.rotates) return undefined;
    const refreshToken = this.#next("rt");
    this.#refresh.set(refreshToken, grant);
    return refreshToken;
  }

  #next(kind: string): string {
    count += 1;
    return `${kind}-${count}`;
  }
}
