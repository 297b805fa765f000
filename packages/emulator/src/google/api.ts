import { jsonReply } from "../oauth/responses.ts";
import { authorizationHeader, delimitedList } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { insufficientScope, oauthError, unauthenticated } from "./errors.ts";
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

const CALENDAR_SCOPES: ReadonlySet<string> = new Set(
  ["calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly"].map(
    (name) => `https://www.googleapis.com/auth/${name}`,
  ),
);

/** Serves the calendar list, as a sample of a Google API. */
export function serveCalendar(server: GoogleServer): void {
  server.app.get("/calendar/v3/users/me/calendarList", async (c) => {
    const access = await bearerAccess(server, c);
    if (access === undefined) return unauthenticated();
    if (!access.scopes.some((scope) => CALENDAR_SCOPES.has(scope))) return insufficientScope();
    const owner = access.user?.email ?? "robot";
    return jsonReply({
      kind: "calendar#calendarList",
      items: [
        { kind: "calendar#calendarListEntry", id: owner, summary: owner, primary: true },
        { kind: "calendar#calendarListEntry", id: "holidays@emulator", summary: "Holidays" },
      ],
    });
  });
}

async function bearerAccess(
  server: GoogleServer,
  c: EmulatorContext,
): Promise<Pick<GoogleAccess, "user" | "scopes"> | undefined> {
  const inQuery = server.switches.queryTokens ? c.req.query("access_token") : undefined;
  const token = authorizationHeader(c, "bearer") ?? inQuery;
  return server.tokens.access(token) ?? selfSignedAccess(server, token);
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
): Promise<Pick<GoogleAccess, "user" | "scopes"> | undefined> {
  const result = await server.serviceAccounts.verify(token ?? "");
  if ("problem" in result) return undefined;
  const { claims } = result;
  if (claims.sub !== claims.iss || timeProblem(server, claims) !== undefined) return undefined;
  if (claims.scope !== undefined) return { user: undefined, scopes: delimitedList(claims.scope) };
  return claims.aud === CALENDAR_AUDIENCE || claims.aud === `${server.endpoints.api}/`
    ? { user: undefined, scopes: [...CALENDAR_SCOPES] }
    : undefined;
}

const CALENDAR_AUDIENCE = "https://calendar.googleapis.com/";
