import type { ClientContext } from "../client-context.ts";
import { definedFields } from "../options/own-fields.ts";
import type { Token } from "../tokens/token.ts";
import { parseScope } from "../tokens/scopes.ts";
import { askEndpoint, type EndpointAnswer } from "./authenticated-endpoint.ts";
import { type NamedEndpoint, unusable } from "./endpoint-errors.ts";
import { chooseToken, type TokenHintOptions } from "./revocation.ts";

/** What a provider says of a token (RFC 7662 §2.2); of one that is not active it says nothing else. */
export interface Introspection {
  /** Whether the token can be used. */
  readonly active: boolean;
  /** What it allows. */
  readonly scope?: readonly string[];
  /** The client that it was given to. */
  readonly clientId?: string;
  /** The user, by a name that people read. */
  readonly username?: string;
  /** For example `Bearer`. */
  readonly tokenType?: string;
  /** When it ends. */
  readonly expiresAt?: Date;
  /** When it was made. */
  readonly issuedAt?: Date;
  /** From when on it can be used. */
  readonly notBefore?: Date;
  /** The user's id. */
  readonly subject?: string;
  /** For whom it is. */
  readonly audience?: readonly string[];
  /** Who made it. */
  readonly issuer?: string;
  /** Its own id. */
  readonly id?: string;
  /** The whole answer, by the provider's own names. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Asks the provider about a token (RFC 7662). */
export async function introspectToken(
  context: ClientContext,
  token: Token | string,
  options: TokenHintOptions,
): Promise<Introspection> {
  const chosen = chooseToken(context, "introspectToken()", token, options, "access_token");
  return askEndpoint(
    context,
    {
      kind: "introspection",
      ...chosen,
    },
    (answer, endpoint) => readIntrospection(context, answer, endpoint),
  );
}

function readIntrospection(
  { provider }: ClientContext,
  answer: EndpointAnswer,
  endpoint: NamedEndpoint,
): Introspection {
  const { body } = answer;
  const { active, scope, aud } = body;
  if (typeof active !== "boolean") {
    throw unusable(endpoint, "active is not true or false", "active", answer);
  }
  const text = (field: string): string | undefined =>
    typeof body[field] === "string" ? body[field] : undefined;
  const audience = [aud ?? []].flat().filter((name) => typeof name === "string");
  return definedFields({
    active,
    scope: typeof scope === "string" ? parseScope(scope, provider.scopeDelimiter) : undefined,
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
