import { jsonReply } from "../oauth/replies.ts";
import { authorizationHeader } from "../server/parameters.ts";
import type { EmulatorContext } from "../server/request-log.ts";
import { insufficientScope, oauthError, unauthenticated } from "./errors.ts";
import { hostedDomain, profileClaims } from "./id-token.ts";
import type { GoogleAccess } from "./tokens.ts";
import type { GoogleServer } from "./server.ts";

/** The access token that a request carries: in the header, or in the query where the switch allows it. */
function bearerToken(server: GoogleServer, c: EmulatorContext): string | undefined {
  const fromQuery = server.switches.queryTokens ? c.req.query("access_token") : undefined;
  return authorizationHeader(c, "bearer") ?? fromQuery;
}

/** What the request's access token stands for, if it lives. */
function bearerAccess(server: GoogleServer, c: EmulatorContext): GoogleAccess | undefined {
  return server.tokens.access(bearerToken(server, c));
}

/** Serves userinfo and its aliases. */
export function serveUserInfo(server: GoogleServer): void {
  const answer = (shape: (claims: Claims) => Claims) => (c: EmulatorContext) => {
    const access = bearerAccess(server, c);
    // Not the AIP-193 shape of other APIs. From memory, as are the v1 and v2 forms below.
    if (access?.user === undefined)
      return oauthError("invalid_request", "Invalid Credentials", 401);
    const { user, scopes } = access;
    return jsonReply(shape({ ...profileClaims(user, scopes), ...hostedDomain(server, user) }));
  };
  const { app } = server;
  for (const path of ["/v1/userinfo", "/oauth2/v3/userinfo"]) {
    app.on(
      ["GET", "POST"],
      path,
      answer((claims) => claims),
    );
  }
  for (const path of ["/oauth2/v1/userinfo", "/oauth2/v2/userinfo"]) {
    app.get(path, answer(olderNames));
  }
}

type Claims = Readonly<Record<string, string | boolean | undefined>>;

function olderNames({ sub, email_verified: verified, ...rest }: Claims): Claims {
  return { id: sub, verified_email: verified, ...rest };
}

const ACCEPTED: ReadonlySet<string> = new Set(
  ["calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly"].map(
    (name) => `https://www.googleapis.com/auth/${name}`,
  ),
);

/** Serves one call of a Google API, as an application would make it. */
export function serveCalendar(server: GoogleServer): void {
  server.app.get("/calendar/v3/users/me/calendarList", (c) => {
    const access = bearerAccess(server, c);
    if (access === undefined) return unauthenticated();
    if (!access.scopes.some((scope) => ACCEPTED.has(scope))) return insufficientScope();
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
