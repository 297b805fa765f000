import { Hono } from "hono";
import type { MiddlewareHandler } from "hono";
import { authorizationHeader } from "../server/parameters.ts";
import type { EmulatorContext, EmulatorEnv } from "../server/request-log.ts";
import { apiError, notFound, rateLimitHeaders, switchedRateLimit } from "./api-errors.ts";
import { appApi } from "./app-api.ts";
import { applicationTokensApi } from "./application-tokens-api.ts";
import type { GitHubServer } from "./server.ts";
import { userApi } from "./user-api.ts";
import type { SignedInEnv } from "./user-api.ts";

// https://docs.github.com/rest/about-the-rest-api/api-versions
const DEFAULT_VERSION = "2022-11-28";
const VERSIONS: ReadonlySet<string> = new Set([DEFAULT_VERSION, "2026-03-10"]);

/** Serves the REST API, below `/api`, and below `/api/v3` as at Enterprise Servers. */
export function serveApi(server: GitHubServer): void {
  const api = new Hono<EmulatorEnv>();
  api.use(everyCall(server));
  api.get("/rate_limit", (c) => c.json({ resources: {}, rate: { limit: 5000, remaining: 5000 } }));
  applicationTokensApi(api, server);
  appApi(api, server);
  const signedIn = new Hono<SignedInEnv>();
  signedIn.use(tokenNeeded(server));
  userApi(signedIn, server);
  signedIn.all("*", notFound);
  api.route("/", signedIn);
  server.app.route("/api/v3", api);
  server.app.route("/api", api);
}

function everyCall(server: GitHubServer): MiddlewareHandler<EmulatorEnv> {
  let used = 0;
  return async (c, next) => {
    const refusal = callProblem(server, c);
    if (refusal !== undefined) return refusal;
    used += 1;
    await next();
    for (const [name, value] of Object.entries(rateLimitHeaders(server.now(), used))) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
    // Apps correct the clock of their JWTs by this header.
    c.res.headers.set("date", new Date(server.now()).toUTCString());
    c.res.headers.set("x-github-media-type", "github.v3; format=json");
    return undefined;
  };
}

function callProblem(server: GitHubServer, c: EmulatorContext): Response | undefined {
  if ((c.req.header("user-agent") ?? "").trim() === "") {
    // https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent
    return new Response(
      "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
      { status: 403 },
    );
  }
  const version = c.req.header("x-github-api-version") ?? DEFAULT_VERSION;
  if (!VERSIONS.has(version)) {
    const message = `API version "${version}" is not supported.`;
    return apiError(server.switches.unsupportedVersionStatus, message);
  }
  if (c.req.path.endsWith("/rate_limit")) return undefined;
  return switchedRateLimit(server);
}

function tokenNeeded(server: GitHubServer): MiddlewareHandler<SignedInEnv> {
  return async (c, next) => {
    // GitHub has rejected tokens in the query since 2021.
    const token = authorizationHeader(c, "bearer") ?? authorizationHeader(c, "token");
    if (token === undefined) return apiError(401, "Requires authentication");
    if (server.installations.access(token) !== undefined) {
      return apiError(403, "Resource not accessible by integration");
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
