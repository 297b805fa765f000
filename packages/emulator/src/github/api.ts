import { Hono } from "hono";
import type { MiddlewareHandler } from "hono";
import { authorizationHeader } from "../server/parameters.ts";
import type { EmulatorContext, EmulatorEnv } from "../server/request-log.ts";
import { apiError, limitReply, notFound, rateLimitHeaders } from "./api-errors.ts";
import { appApi } from "./app-api.ts";
import { applicationTokensApi } from "./application-tokens-api.ts";
import { repositoriesApi, userApi } from "./user-api.ts";
import type { SignedInEnv } from "./user-api.ts";
import type { GitHubWorld } from "./world.ts";

// https://docs.github.com/rest/about-the-rest-api/api-versions
const DEFAULT_VERSION = "2022-11-28";
const VERSIONS: ReadonlySet<string> = new Set([DEFAULT_VERSION, "2026-03-10"]);

/** Serves the REST API, below `/api` and, as Enterprise Servers do, below `/api/v3`. */
export function serveApi(world: GitHubWorld): void {
  const api = new Hono<EmulatorEnv>();
  api.use(everyCall(world));
  api.get("/rate_limit", (c) => c.json({ resources: {}, rate: { limit: 5000, remaining: 5000 } }));
  applicationTokensApi(api, world);
  appApi(api, world);
  const signedIn = new Hono<SignedInEnv>();
  signedIn.use(tokenNeeded(world));
  userApi(signedIn, world);
  repositoriesApi(signedIn, world);
  signedIn.all("*", notFound);
  api.route("/", signedIn);
  world.app.route("/api/v3", api);
  world.app.route("/api", api);
}

function everyCall(world: GitHubWorld): MiddlewareHandler<EmulatorEnv> {
  let used = 0;
  return async (c, next) => {
    const refusal = callProblem(world, c);
    if (refusal !== undefined) return refusal;
    used += 1;
    await next();
    for (const [name, value] of Object.entries(rateLimitHeaders(world.now(), used))) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
    c.res.headers.set("x-github-media-type", "github.v3; format=json");
    return undefined;
  };
}

function callProblem(world: GitHubWorld, c: EmulatorContext): Response | undefined {
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
    return apiError(world.switches.unsupportedVersionStatus, message);
  }
  if (c.req.path.endsWith("/rate_limit")) return undefined;
  return limitReply(world);
}

function tokenNeeded(world: GitHubWorld): MiddlewareHandler<SignedInEnv> {
  return async (c, next) => {
    // Tokens in the query have not been taken since 2021.
    const token = authorizationHeader(c, "bearer") ?? authorizationHeader(c, "token");
    if (token === undefined) return apiError(401, "Requires authentication");
    if (world.installations.access(token) !== undefined) {
      return apiError(403, "Resource not accessible by integration");
    }
    const access = world.tokens.access(token);
    if (access === undefined) return apiError(401, "Bad credentials");
    c.set("access", access);
    await next();
    if (world.switches.appType === "oauth-app") {
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
