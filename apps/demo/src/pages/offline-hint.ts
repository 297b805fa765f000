import { html } from "hono/html";
import type { AnyTarget } from "../targets/target.ts";
import type { Piece } from "./layout.ts";

/** Says how a sign-in gets a refresh token, and leads to the form that is filled in like that; nothing if none does. */
export function offlineHint({ id, offlineAccess }: AnyTarget): Piece | "" {
  if (!offlineAccess) return "";
  return html`<p class="hint">
    ${offlineAccess.why}
    <a href="/?provider=${id}&flow=authorization-code&offline=1#request"
      >Open the sign-in with these options</a
    >
  </p>`;
}
