import type { ClientContext } from "../client-context.ts";
import { definedFields } from "../options/own-fields.ts";
import { parseScope } from "../tokens/scopes.ts";
import type { Token } from "../tokens/token.ts";
import { askEndpoint, type EndpointAnswer } from "./authenticated-endpoint.ts";
import { chooseToken, type TokenHintOptions } from "./revocation.ts";

/** What a provider says about a token (RFC 7662 §2.2); about an inactive one it says nothing else. */
export interface Introspection {
  /** Whether the token can be used. */
  readonly active: boolean;
  /** The granted scopes. */
  readonly scope?: readonly string[];
  /** The client that the token was issued to. */
  readonly clientId?: string;
  /** The user's name, for people to read. */
  readonly username?: string;
  /** For example `Bearer`. */
  readonly tokenType?: string;
  /** When the token expires. */
  readonly expiresAt?: Date;
  /** When the token was issued. */
  readonly issuedAt?: Date;
  /** When the token becomes valid. */
  readonly notBefore?: Date;
  /** The user's id. */
  readonly subject?: string;
  /** The APIs that the token is for. */
  readonly audience?: readonly string[];
  /** The issuer. */
  readonly issuer?: string;
  /** The token's own id. */
  readonly id?: string;
  /** The whole response, by the provider's own names. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Introspects a token (RFC 7662): of a `Token` the access token, unless `hint` names the other half. */
export async function introspectToken(
  context: ClientContext,
  token: Token | string,
  options: TokenHintOptions,
): Promise<Introspection> {
  const chosen = chooseToken(context, "introspectToken()", token, options, "access_token");
  const { grantedScopeDelimiter } = context.provider;
  return askEndpoint(context, { ...chosen, kind: "introspection", repeatable: true }, (answer) =>
    readIntrospection(answer, grantedScopeDelimiter),
  );
}

function readIntrospection(
  { body, unusable }: EndpointAnswer,
  scopeDelimiter: string,
): Introspection {
  const { active, scope, aud } = body;
  if (typeof active !== "boolean") throw unusable("active", "is not true or false");
  const text = (field: string): string | undefined =>
    typeof body[field] === "string" ? body[field] : undefined;
  const audience = [aud ?? []].flat().filter((name) => typeof name === "string");
  return definedFields({
    active,
    scope: typeof scope === "string" ? parseScope(scope, scopeDelimiter) : undefined,
    clientId: text("client_id"),
    username: text("username"),
    tokenType: text("token_type"),
    expiresAt: dateOf(body["exp"]),
    issuedAt: dateOf(body["iat"]),
    notBefore: dateOf(body["nbf"]),
    subject: text("sub"),
    audience: audience.length > 0 ? audience : undefined,
    issuer: text("iss"),
    id: text("jti"),
    raw: body,
  }) as unknown as Introspection;
}

function dateOf(seconds: unknown): Date | undefined {
  return typeof seconds === "number" && Math.abs(seconds) < 8.64e12
    ? new Date(seconds * 1000)
    : undefined;
}
