import type { Token } from "@grantkit/core";
import { html } from "hono/html";
import { masked } from "../exchanges/masking.ts";
import { fact, type Piece } from "./layout.ts";

/** Renders a token: masked, with its expiry and its scopes. */
export function tokenPanel(token: Token): Piece {
  const { expiresAt, scopeChange } = token;
  return html`<section class="panel">
    <h2>The token</h2>
    <dl class="facts">
      ${fact("access token", html`<code id="access-token">${masked(token.accessToken)}</code>`)}
      ${fact("refresh token", token.refreshToken ? html`<code>${masked(token.refreshToken)}</code>` : "none")}
      ${fact(
        "expires",
        expiresAt
          ? html`<time id="expiry" datetime="${expiresAt.toISOString()}" data-countdown
              >${expiresAt.toISOString()}</time
            >`
          : "the provider did not say",
      )}
      ${fact(
        "ID token",
        token.claims ? `verified: sub ${token.claims.sub}, issuer ${token.claims.iss}` : undefined,
      )}
    </dl>
    <h3>Granted scopes</h3>
    ${
      token.scope.length > 0
        ? html`<ul class="scopes">
            ${token.scope.map((scope) => html`<li>${scope}</li>`)}
          </ul>`
        : html`<p class="hint">None.</p>`
    }
    ${
      scopeChange
        ? html`<p class="hint">
            The granted scope differs from the requested one.
            ${scopeChange.missing.length > 0 ? `Not granted: ${scopeChange.missing.join(", ")}.` : ""}
            ${scopeChange.additional.length > 0 ? `Added: ${scopeChange.additional.join(", ")}.` : ""}
          </p>`
        : ""
    }
  </section>`;
}
