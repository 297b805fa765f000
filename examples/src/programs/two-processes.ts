/*
 * A web server that runs in several processes behind a load balancer. They share the users' tokens in PostgreSQL or Redis: a
 * user signs in at one process, all of them call GitHub for the user, one of them refreshes the token, and a sign-out at any
 * of them signs the user out of all.
 *
 *   DATABASE_URL=postgres://… (or REDIS_URL=redis://…) GITHUB_CLIENT_ID=… GITHUB_CLIENT_SECRET=… \
 *     ORIGIN=http://localhost:3000 PORT=3001 node two-processes.ts
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type AuthorizationRequest,
  GitHubClient,
  isOAuthError,
  type TokenStore,
} from "@grantkit/provider-github";
import { PostgresTokenStore } from "@grantkit/store-postgres";
import { RedisTokenStore } from "@grantkit/store-redis";
import pg from "pg";
import { createClient } from "redis";

const env = process.env;
// Where browsers reach the load balancer, and so all processes.
const origin = env["ORIGIN"] ?? "http://localhost:3000";

const client = new GitHubClient({
  clientId: env["GITHUB_CLIENT_ID"] ?? "",
  clientSecret: env["GITHUB_CLIENT_SECRET"] ?? "",
  redirectUri: `${origin}/callback`,
  // Other endpoints than GitHub's, as JSON: for an emulator.
  ...(env["GITHUB_ENDPOINTS"] && { endpoints: JSON.parse(env["GITHUB_ENDPOINTS"]) }),
});

/** What went wrong with a connection. Messages of errors with a code have the server's address. */
const reasonOf = ({ code, message }: NodeJS.ErrnoException): string => code ?? message;

async function openStore(): Promise<TokenStore> {
  const { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl } = env;
  if (redisUrl) {
    const redis = createClient({ url: redisUrl });
    // The client connects again by itself; without a listener, the process would end.
    redis.on("error", (error: NodeJS.ErrnoException) => console.error("Redis:", reasonOf(error)));
    await redis.connect();
    return new RedisTokenStore({ client: redis });
  }
  if (!databaseUrl) throw new Error("Set DATABASE_URL or REDIS_URL.");
  const pool = new pg.Pool({ connectionString: databaseUrl });
  pool.on("error", (error) => console.error("PostgreSQL:", reasonOf(error)));
  const postgres = new PostgresTokenStore({ query: (sql, values) => pool.query(sql, values) });
  await postgres.migrate();
  return postgres;
}

const store = await openStore();
await store.check();

/** The errors after which only another sign-in helps. */
const SIGNED_OUT = new Set(["TOKEN_NOT_FOUND", "SESSION_ENDED", "INVALID_GRANT", "TOKEN_REJECTED"]);

const ATTRIBUTES = `HttpOnly; SameSite=Lax; Path=/${origin.startsWith("https:") ? "; Secure" : ""}`;
const readCookie = ({ headers }: IncomingMessage, name: string): string =>
  new RegExp(`(?:^|; )${name}=([^;]+)`).exec(headers.cookie ?? "")?.[1] ?? "";
const redirect = (response: ServerResponse, location: string, ...cookies: string[]): void => {
  response.writeHead(303, { location, "set-cookie": cookies }).end();
};

/** Opens the session of a visitor, whichever process the visitor signed in at: it reads the store. */
const sessionOf = (request: IncomingMessage) =>
  client.storedSession({ store, key: `visitors/${readCookie(request, "visitor")}` });

const routes: Readonly<
  Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>
> = {
  async "GET /sign-in"(_, response) {
    const started = await client.authorizationRequest({ scope: ["read:user"] });
    // In a cookie, because the callback may reach another process. It is of use to this browser only.
    const kept = Buffer.from(JSON.stringify(started)).toString("base64url");
    redirect(response, started.url, `started=${kept}; ${ATTRIBUTES}; Max-Age=600`);
  },

  async "GET /callback"(request, response) {
    const kept = Buffer.from(readCookie(request, "started"), "base64url").toString();
    if (kept === "") throw new Error("This browser has not started a sign-in.");
    const token = await client.fetchToken(request, JSON.parse(kept) as AuthorizationRequest);
    const visitor = randomUUID();
    await client.storedSession({ store, key: `visitors/${visitor}`, token });
    const cookies = [`visitor=${visitor}; ${ATTRIBUTES}`, `started=; ${ATTRIBUTES}; Max-Age=0`];
    redirect(response, "/", ...cookies);
  },

  async "GET /"(request, response) {
    const session = await sessionOf(request);
    const { username } = await session.profile();
    response.end(`You are ${username}, says process ${process.pid}.\n`);
  },

  async "POST /sign-out"(request, response) {
    const session = await sessionOf(request);
    await session.revoke();
    redirect(response, "/", `visitor=; ${ATTRIBUTES}; Max-Age=0`);
  },
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = routes[`${request.method} ${request.url?.split("?")[0]}`];
  if (!route) return void response.writeHead(404).end();
  try {
    await route(request, response);
  } catch (error) {
    const code = isOAuthError(error) ? error.code : "";
    if (SIGNED_OUT.has(code)) {
      response.writeHead(401).end("You are not signed in. Open /sign-in\n");
    } else {
      console.error(error); // says what to do, and contains no secret
      response.writeHead(500).end("Something went wrong. Try again.\n");
    }
  }
}

const server = createServer((request, response) => void answer(request, response));
server.listen(Number(env["PORT"] ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
