import { html } from "hono/html";
import type { AnyFlow } from "../../flows/flow.ts";
import type { AnyTarget } from "../../targets/target.ts";
import type { Visitor } from "../../visitors.ts";
import type { Piece } from "../layout.ts";
import { offlineHint } from "../offline-hint.ts";

/** Flows that show a refresh of the held token. */
const REFRESHING: ReadonlySet<string> = new Set([
  "refresh",
  "expire",
  "many-requests",
  "two-tabs",
  "two-processes",
]);

/** Says before the click that the held token cannot be refreshed; nothing if it can. */
export function refreshNotice(
  target: AnyTarget,
  flow: AnyFlow,
  visitor: Visitor | undefined,
): Piece | "" {
  const token = visitor?.tokens.get(target.id)?.token;
  if (!REFRESHING.has(flow.id) || !token || token.refreshToken !== undefined) return "";
  return html`<div class="notice" role="note">
    <p>The token that you hold has no refresh token, so nothing can be refreshed here.</p>
    ${offlineHint(target)}
  </div>`;
}
