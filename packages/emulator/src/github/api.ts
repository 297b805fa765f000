import { Hono } from "hono";
import type { MiddlewareHandler } from "hono";
import { authorizationHeader } from "../server/parameters.ts";
import type { EmulatorEnv } from "../server/request-log.ts";
import { apiError, rateLimitHeaders, switchedRateLimit, unserved, withDate } from "./api-errors.ts";
import { appApi, userInstallations } from "./app-api.ts";
import { applicationTokensApi } from "./application-tokens-api.ts";
import { graphqlRateLimit, serveGraphql } from "./graphql.ts";
import { issuesApi } from "./issues-api.ts";
import type { GitHubServer } from "./server.ts";
import { userApi } from "./user-api.ts";
import type { SignedInEnv } from "./user-api.ts";

// https://docs.github.com/rest/about-the-rest-api/api-versions
const DEFAULT_VERSION = "2022-11-28";
const VERSIONS: ReadonlySet<string> = new Set([DEFAULT_VERSION, "2026-03-10"]);

/** Serves the REST API, below `/api`, and below `/api/v3` as at Enterprise Servers; and GraphQL at `/api/graphql`. */
export function serveApi(server: GitHubServer): void {
  const graphql = new Hono<SignedInEnv>();
  graphql.use(dated(server), agentNeeded, everyCall(server, "graphql"));
  graphql.use(graphqlRateLimit(server), tokenNeeded(server, NO_GRAPHQL_TOKEN));
  serveGraphql(graphql, server);
  server.app.route("/api/graphql", graphql);
  const api = new Hono<EmulatorEnv>();
  api.use(dated(server), agentNeeded, versionNeeded(server), everyCall(server, "core"));
  api.get("/rate_limit", (c) => c.json({ resources: {}, rate: { limit: 5000, remaining: 5000 } }));
  applicationTokensApi(api, server);
  appApi(api, server);
  issuesApi(api, server);
  const signedIn = new Hono<SignedInEnv>();
  signedIn.use(tokenNeeded(server));
  userApi(signedIn, server);
  userInstallations(signedIn, server);
  signedIn.all("*", unserved);
  api.route("/", signedIn);
  server.app.route("/api/v3", api);
  server.app.route("/api", api);
}

const NO_GRAPHQL_TOKEN = "This endpoint requires you to be authenticated.";

// Apps correct the clock of their JWTs by the header Date, which refused calls have too.
function dated(server: GitHubServer): MiddlewareHandler<EmulatorEnv> {
  return async (c, next) => {
    await next();
    withDate(c.res, server.now());
  };
}

// https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent
const agentNeeded: MiddlewareHandler<EmulatorEnv> = async (c, next) => {
  if ((c.req.header("user-agent") ?? "").trim() !== "") return next();
  return c.text(
    "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
    403,
  );
};

function versionNeeded(server: GitHubServer): MiddlewareHandler<EmulatorEnv> {
  return async (c, next) => {
    const version = c.req.header("x-github-api-version") ?? DEFAULT_VERSION;
    if (VERSIONS.has(version)) return next();
    const message = `API version "${version}" is not supported.`;
    return apiError(server.switches.unsupportedVersionStatus, message);
  };
}

/** Counts the calls of one rate limit, and sends its headers. */
function everyCall(
  server: GitHubServer,
  resource: "core" | "graphql",
): MiddlewareHandler<EmulatorEnv> {
  let used = 0;
  return async (c, next) => {
    const isFree = resource === "graphql" || c.req.path.endsWith("/rate_limit");
    const refusal = isFree ? undefined : switchedRateLimit(server);
    if (refusal !== undefined) return refusal;
    used += 1;
    await next();
    for (const [name, value] of Object.entries(rateLimitHeaders(server.now(), used, resource))) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
    c.res.headers.set("x-github-media-type", "github.v3; format=json");
    return undefined;
  };
}

/** Whether the emulator serves a path, to the tokens of users only. */
function isForUsers(path: string): boolean {
  return /^\/api(?:\/v3)?\/(?:user|graphql)(?:\/|$)/.test(path);
}

function tokenNeeded(
  server: GitHubServer,
  missing: string = "Requires authentication",
): MiddlewareHandler<SignedInEnv> {
  return async (c, next) => {
    // GitHub has rejected tokens in the query since 2021.
    const token = authorizationHeader(c, "bearer") ?? authorizationHeader(c, "token");
    if (token === undefined) return apiError(401, missing);
    if (server.installations.access(token) !== undefined) {
      return isForUsers(c.req.path)
        ? apiError(403, "Resource not accessible by integration")
        : unserved();
    }
    const access = server.tokens.access(token);
    if (access === undefined) return apiError(401, "Bad credentials");
    c.set("access", access);
    await next();
    if (server.switches.appType === "oauth-app") {
      c.res.headers.set("x-oauth-scopes", access.scopes.join(", "));
    }
    if (access.expiresAt !== Infinity) {
      const time = new Date(access.expiresAt)
        .toISOString()
        .replace("T", " ")
        .replace(/\..*/, " UTC");
      c.res.headers.set("github-authentication-token-expiration", time);
    }
    return undefined;
  };
}
