import { jsonReply } from "../oauth/responses.ts";
import { authorizationHeader, delimitedList } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { insufficientScope, oauthError, unauthenticated, unserved } from "./errors.ts";
import { hostedDomain, profileClaims } from "./id-token.ts";
import { timeProblem } from "./jwt-bearer.ts";
import type { GoogleServer } from "./server.ts";
import type { GoogleAccess } from "./tokens.ts";

/** Serves userinfo with its aliases. */
export function serveUserInfo(server: GoogleServer): void {
  const respond = (rename: (claims: Claims) => Claims) => async (c: EmulatorContext) => {
    const access = await bearerAccess(server, c);
    // Unlike other APIs, userinfo has no AIP-193 errors. From memory, as are the v1 and v2 claims below.
    if (access?.user === undefined) {
      return oauthError("invalid_request", "Invalid Credentials", 401);
    }
    const { user, scopes } = access;
    return jsonReply(rename({ ...profileClaims(user, scopes), ...hostedDomain(server, user) }));
  };
  const { app } = server;
  for (const path of ["/v1/userinfo", "/oauth2/v3/userinfo"]) {
    app.on(
      ["GET", "POST"],
      path,
      respond((claims) => claims),
    );
  }
  for (const path of ["/oauth2/v1/userinfo", "/oauth2/v2/userinfo"]) {
    app.get(path, respond(olderNames));
  }
}

type Claims = Readonly<Record<string, string | boolean | undefined>>;

function olderNames({ sub, email_verified: verified, ...rest }: Claims): Claims {
  return { id: sub, verified_email: verified, ...rest };
}

/** A sample of one of Google's APIs. */
interface SampleApi {
  readonly path: string;
  /** The host that the API has at Google, without `.googleapis.com`: the audience of self-signed JWTs. */
  readonly host: string;
  /** The scopes that allow the call, without `https://www.googleapis.com/auth/`. */
  readonly scopes: readonly string[];
  /** Makes the body. `owner` is the user's address, or "robot" without a user. */
  readonly respond: (owner: string, project: string) => object;
}

const SAMPLE_APIS: readonly SampleApi[] = [
  {
    path: "/calendar/v3/users/me/calendarList",
    host: "calendar",
    scopes: [
      "calendar",
      "calendar.readonly",
      "calendar.calendarlist",
      "calendar.calendarlist.readonly",
    ],
    respond: (owner) => ({
      kind: "calendar#calendarList",
      items: [
        { kind: "calendar#calendarListEntry", id: owner, summary: owner, primary: true },
        { kind: "calendar#calendarListEntry", id: "holidays@emulator", summary: "Holidays" },
      ],
    }),
  },
  {
    path: "/drive/v3/files",
    host: "drive",
    scopes: ["drive", "drive.readonly", "drive.file", "drive.metadata", "drive.metadata.readonly"],
    respond: (owner) => ({
      kind: "drive#fileList",
      incompleteSearch: false,
      files: [{ kind: "drive#file", id: "1", name: `Notes of ${owner}`, mimeType: "text/plain" }],
    }),
  },
  {
    path: "/gmail/v1/users/me/profile",
    host: "gmail",
    scopes: ["gmail.readonly", "gmail.modify", "gmail.metadata", "gmail.compose"],
    respond: (owner) => ({
      emailAddress: owner,
      messagesTotal: 2,
      threadsTotal: 1,
      historyId: "7",
    }),
  },
  {
    path: "/v1/projects/:project/topics",
    host: "pubsub",
    scopes: ["pubsub", "cloud-platform"],
    respond: (_owner, project) => ({ topics: [{ name: `projects/${project}/topics/events` }] }),
  },
];

const scopesOf = ({ scopes }: SampleApi): readonly string[] =>
  scopes.map((name) => `https://www.googleapis.com/auth/${name}`);

/** Serves one call of each of a few Google APIs, and answers the paths that the emulator does not serve. */
export function serveSampleApis(server: GoogleServer): void {
  for (const api of SAMPLE_APIS) {
    server.app.get(api.path, async (c) => {
      const access = await bearerAccess(server, c, api);
      if (access === undefined) return unauthenticated();
      const accepted = scopesOf(api);
      if (!access.scopes.some((scope) => accepted.includes(scope))) return insufficientScope();
      return jsonReply(api.respond(access.user?.email ?? "robot", c.req.param("project") ?? ""));
    });
  }
  server.app.notFound(() => unserved());
}

async function bearerAccess(
  server: GoogleServer,
  c: EmulatorContext,
  api?: SampleApi,
): Promise<Pick<GoogleAccess, "user" | "scopes"> | undefined> {
  const inQuery = server.switches.queryTokens ? c.req.query("access_token") : undefined;
  const token = authorizationHeader(c, "bearer") ?? inQuery;
  return server.tokens.access(token) ?? selfSignedAccess(server, token, api);
}

/**
 * Returns the grant of a JWT that a service account signed itself, for scopes or for one API, without a call of the token
 * endpoint.
 *
 * @see https://developers.google.com/identity/protocols/oauth2/service-account#jwt-auth
 */
async function selfSignedAccess(
  server: GoogleServer,
  token: string | undefined,
  api: SampleApi | undefined,
): Promise<Pick<GoogleAccess, "user" | "scopes"> | undefined> {
  const result = await server.serviceAccounts.verify(token ?? "");
  if ("problem" in result) return undefined;
  const { claims } = result;
  if (claims.sub !== claims.iss || timeProblem(server, claims) !== undefined) return undefined;
  if (claims.scope !== undefined) return { user: undefined, scopes: delimitedList(claims.scope) };
  if (api === undefined) return undefined;
  const audiences: unknown[] = [`https://${api.host}.googleapis.com/`, `${server.endpoints.api}/`];
  return audiences.includes(claims.aud) ? { user: undefined, scopes: scopesOf(api) } : undefined;
}
