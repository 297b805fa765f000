import { jsonReply } from "../oauth/replies.ts";
import { insufficientScope, unauthenticated } from "./api-errors.ts";
import { bearerAccess } from "./bearer.ts";
import type { GoogleWorld } from "./world.ts";

const ACCEPTED: ReadonlySet<string> = new Set(
  ["calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly"].map(
    (name) => `https://www.googleapis.com/auth/${name}`,
  ),
);

/** Serves one call of a Google API, as an application would make it. */
export function serveCalendar(world: GoogleWorld): void {
  world.app.get("/calendar/v3/users/me/calendarList", (c) => {
    const access = bearerAccess(world, c);
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
