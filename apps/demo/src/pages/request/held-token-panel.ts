import { html } from "hono/html";
import { masked } from "../../exchanges/masking.ts";
import type { TokenUpdate } from "../../token-life/token-updates.ts";
import type { AnyTarget } from "../../targets/target.ts";
import type { Visitor } from "../../visitors.ts";
import { fact, type Piece } from "../layout.ts";

/** Renders the token that the visitor holds: how long it is valid, its scopes, and what `onTokenUpdate` was told. */
export function heldTokenPanel(target: AnyTarget, visitor: Visitor | undefined): Piece | "" {
  const held = visitor?.tokens.get(target.id);
  if (!held) return "";
  const { token, updates = [] } = held;
  const { expiresAt, scope, scopeChange } = token;
  return html`<section class="token held" aria-labelledby="held-title">
    <h3 id="held-title">The token that you hold</h3>
    <dl class="facts">
      ${fact("expires", expiresAt ? countdown(expiresAt) : "the provider did not say")}
      ${fact("granted", scope.join(" ") || "the provider did not say")}
      ${fact("not granted", scopeChange?.missing.join(" ") || undefined)}
      ${fact("not asked for", scopeChange?.additional.join(" ") || undefined)}
    </dl>
    ${
      updates.length === 0
        ? html`<p class="hint">onTokenUpdate was not called yet.</p>`
        : html`<p class="hint">What onTokenUpdate was told, in order:</p>
            <ol class="updates">
              ${updates.map(updateItem)}
            </ol>`
    }
  </section>`;
}

function updateItem({ next, previous }: TokenUpdate): Piece {
  const rotated = next.refreshToken !== previous.refreshToken;
  return html`<li>
    <code>${masked(previous.accessToken)}</code> → <code>${masked(next.accessToken)}</code>,
    ${rotated ? "with a new refresh token" : "with the same refresh token"}
  </li>`;
}

function countdown(end: Date): Piece {
  const text = end.toISOString();
  return html`<time datetime="${text}" data-countdown>${text}</time>`;
}
