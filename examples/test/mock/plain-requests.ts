import { createHash } from "node:crypto";
import { APP } from "./server/app.ts";
import type { ProviderFacts } from "./server/facts.ts";
import type { MockProvider } from "./server/mock-provider.ts";

// What a client with the defaults of RFC 6749, RFC 7636 and OpenID Connect sends. Plain requests only: a mock must not share an error with what it tests.

/** The verifier of every request. */
export const VERIFIER = "a-verifier-of-forty-three-characters-0123456";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");
/** {@link VERIFIER} as TikTok's challenge. */
export const HEX_CHALLENGE = createHash("sha256").update(VERIFIER).digest("hex");
/** The client's credentials as fields. */
export const SECRET = { client_id: APP.clientId, client_secret: APP.clientSecret };
/** The client's credentials as a header. */
export const BASIC = {
  authorization: `Basic ${btoa([APP.clientId, APP.clientSecret].map(encodeURIComponent).join(":"))}`,
};

/** Fields of a form or of a query. */
export type Fields = Readonly<Record<string, string>>;

/** The usual authorization URL, with further parameters. */
export function authorizationUrl(facts: ProviderFacts, parameters: Fields = {}): string {
  const query = new URLSearchParams({
    client_id: APP.clientId,
    redirect_uri: APP.redirectUri,
    response_type: "code",
    state: "a-state",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    ...parameters,
  });
  return `${facts.authorization}?${query.toString()}`;
}

/** A user who consents and the form that exchanges the code. */
export async function codeForm(
  mock: MockProvider,
  facts: ProviderFacts,
  parameters: Fields = {},
): Promise<Fields> {
  const callback = await mock.consent(authorizationUrl(facts, parameters));
  const text = typeof callback === "string" ? new URL(callback).search : await callback.text();
  const code = new URLSearchParams(text).get("code") ?? "";
  return {
    grant_type: "authorization_code",
    code,
    redirect_uri: APP.redirectUri,
    code_verifier: VERIFIER,
  };
}

/** The status and the JSON body of a response. */
export async function told(
  response: Promise<Response>,
): Promise<[number, Record<string, unknown>]> {
  const { status } = await response;
  return [status, (await (await response).json()) as Record<string, unknown>];
}
