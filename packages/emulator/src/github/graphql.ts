import type { Hono, MiddlewareHandler } from "hono";
import { jsonReply } from "../oauth/responses.ts";
import { LIMIT, PRIMARY_LIMIT, rateLimitHeaders, switchedRateLimit } from "./api-errors.ts";
import { parseQuery } from "./graphql-selection.ts";
import type { GraphqlField } from "./graphql-selection.ts";
import type { GitHubSwitches } from "./options.ts";
import { allows } from "./scopes.ts";
import type { GitHubServer } from "./server.ts";
import type { GitHubAccess } from "./tokens.ts";
import type { SignedInEnv } from "./user-api.ts";

/**
 * Serves GraphQL queries for `viewer` and `rateLimit`. All errors about a query have HTTP 200.
 *
 * @see https://docs.github.com/graphql/guides/forming-calls-with-graphql
 */
export function serveGraphql(graphql: Hono<SignedInEnv>, server: GitHubServer): void {
  graphql.post("/", (c) => {
    const { query } = c.get("received").body;
    if (typeof query !== "string") {
      return errorReply({ message: "A query attribute must be specified and must be a string." });
    }
    const fields = parseQuery(query);
    if (fields === undefined) {
      return errorReply({ message: "Parse error: the emulator reads fields and aliases only." });
    }
    const access = c.get("access");
    const root = rootObject(server, access);
    const errors = fieldProblems(root, fields, ["query"]);
    if (errors.length > 0) return errorReply(...errors);
    const scopeError = scopeProblem(server, access, fields);
    return scopeError === undefined
      ? jsonReply({ data: selected(root, fields) })
      : errorReply(scopeError);
  });
}

/** Refuses calls over the rate limit that the switch sets: those over the primary one with HTTP 200. */
export function graphqlRateLimit(server: GitHubServer): MiddlewareHandler<SignedInEnv> {
  return async (_, next) =>
    server.switches.rateLimit === "primary"
      ? graphqlRateLimited(server.switches, server.now())
      : (switchedRateLimit(server) ?? next());
}

/**
 * Makes the response to a GraphQL call over the primary rate limit, which has HTTP 200. `now` is in milliseconds.
 *
 * @see https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#exceeding-the-rate-limit
 */
export function graphqlRateLimited(
  { graphqlRateLimit: type }: GitHubSwitches,
  now: number,
): Response {
  const code = type === "RATE_LIMIT" ? { code: "graphql_rate_limit" } : {};
  const headers = rateLimitHeaders(now, LIMIT, "graphql");
  return jsonReply({ errors: [{ type, ...code, message: PRIMARY_LIMIT }] }, 200, headers);
}

interface GraphqlError {
  readonly message: string;
  readonly type?: string;
  readonly path?: readonly string[];
  readonly extensions?: Readonly<Record<string, string>>;
}

function errorReply(...errors: readonly GraphqlError[]): Response {
  return jsonReply({ errors });
}

type GraphqlObject = Readonly<Record<string, unknown>>;

function rootObject(server: GitHubServer, { user }: GitHubAccess): GraphqlObject {
  const { login, id, name, email, avatarUrl } = user;
  const reset = Number(rateLimitHeaders(server.now(), 1)["x-ratelimit-reset"]);
  return {
    __typename: "Query",
    viewer: {
      __typename: "User",
      id: Buffer.from(`04:User${id}`).toString("base64"),
      databaseId: id,
      login,
      name,
      // Never null, unlike in the REST API.
      email: email ?? "",
      avatarUrl,
      url: `${server.origin}/${login}`,
      createdAt: "2015-12-10T00:00:00Z",
    },
    rateLimit: {
      __typename: "RateLimit",
      cost: 1,
      limit: LIMIT,
      remaining: LIMIT - 1,
      used: 1,
      nodeCount: 0,
      resetAt: new Date(reset * 1000).toISOString().replace(".000", ""),
    },
  };
}

function isObject(value: unknown): value is GraphqlObject {
  return typeof value === "object" && value !== null;
}

function fieldProblems(
  object: GraphqlObject,
  fields: readonly GraphqlField[],
  path: readonly string[],
): GraphqlError[] {
  const typeName = String(object["__typename"]);
  return fields.flatMap(({ name: fieldName, alias, fields: inner }): GraphqlError[] => {
    const value = Object.hasOwn(object, fieldName) ? object[fieldName] : undefined;
    const here = [...path, alias];
    if (value === undefined) {
      const note = typeName === "Query" ? ". The emulator serves viewer and rateLimit only." : "";
      const message = `Field '${fieldName}' doesn't exist on type '${typeName}'${note}`;
      return [{ path: here, extensions: { code: "undefinedField", typeName, fieldName }, message }];
    }
    if (isObject(value) && inner.length > 0) return fieldProblems(value, inner, here);
    if (!isObject(value) && inner.length === 0) return [];
    const message = isObject(value)
      ? `Field must have selections (field '${fieldName}' returns ${String(value["__typename"])} but has no selections.)`
      : `Selections can't be made on scalars (field '${fieldName}' has selections.)`;
    return [
      { path: here, extensions: { code: "selectionMismatch", typeName, fieldName }, message },
    ];
  });
}

function scopeProblem(
  { switches }: GitHubServer,
  { scopes }: GitHubAccess,
  fields: readonly GraphqlField[],
): GraphqlError | undefined {
  const asksEmail = fields.some((field) => field.fields.some(({ name }) => name === "email"));
  const isAllowed =
    switches.appType === "github-app" || allows(scopes, ["user:email", "read:user"]);
  if (!asksEmail || isAllowed) return undefined;
  const granted = scopes.map((scope) => `'${scope}'`).join(", ");
  return {
    type: "INSUFFICIENT_SCOPES",
    message: `Your token has not been granted the required scopes to execute this query. The 'email' field requires one of the following scopes: ['user:email', 'read:user'], but your token has only been granted the: [${granted}] scopes.`,
  };
}

function selected(object: GraphqlObject, fields: readonly GraphqlField[]): GraphqlObject {
  return Object.fromEntries(
    fields.map(({ name, alias, fields: inner }) => {
      const value = object[name];
      return [alias, isObject(value) ? selected(value, inner) : value];
    }),
  );
}
