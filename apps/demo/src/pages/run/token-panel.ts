import type { Token } from "@grantkit/core";
import type { AnyFlow } from "../../flows/flow.ts";
import type { AnyTarget } from "../../targets/target.ts";
import { html } from "hono/html";
import { masked } from "../../exchanges/masking.ts";
import { fact, type Piece } from "../layout.ts";
import { offlineHint } from "../offline-hint.ts";
import { secretValue } from "../secret.ts";

/** Renders a token: masked until a click, with its expiry, its scopes, and how a refresh token comes that is missing. */
export function tokenPanel(
  token: Token,
  { target, flow }: { readonly target: AnyTarget; readonly flow: AnyFlow },
): Piece {
  const { expiresAt, scopeChange, accessToken, refreshToken, scope } = token;
  return html`<section class="token">
    <h3>The token</h3>
    <dl class="facts">
      ${fact("access token", secretValue(accessToken, masked(accessToken)))}
      ${fact("refresh token", refreshToken ? secretValue(refreshToken, masked(refreshToken)) : "none")}
      ${fact(
        "expires",
        expiresAt
          ? html`<time id="expiry" datetime="${expiresAt.toISOString()}" data-countdown
              >${expiresAt.toISOString()}</time
            >`
          : "the provider did not say",
      )}
      ${fact(
        "scopes",
        scope.length > 0
          ? html`<ul class="scopes">
              ${scope.map((each) => html`<li>${each}</li>`)}
            </ul>`
          : "none",
      )}
    </dl>
    ${
      scopeChange
        ? html`<p class="hint">
            The granted scope differs from the requested one.
            ${scopeChange.missing.length > 0 ? `Not granted: ${scopeChange.missing.join(", ")}.` : ""}
            ${scopeChange.additional.length > 0 ? `Added: ${scopeChange.additional.join(", ")}.` : ""}
          </p>`
        : ""
    }
    ${flow.id === "authorization-code" ? offlineAdvice(token, target) : ""}
  </section>`;
}

/** Says what a token without offline access lacks: the refresh token, or a long life of it. */
function offlineAdvice({ refreshToken, scopeChange }: Token, target: AnyTarget): Piece | "" {
  if (refreshToken === undefined) return offlineHint(target);
  if (!scopeChange?.missing.includes("offline_access")) return "";
  return html`<p class="hint">
      A refresh token came all the same: it may end with your session at ${target.title}.
    </p>
    ${offlineHint(target)}`;
}
