import type { Token } from "@grantkit/core";
import { html } from "hono/html";
import { masked } from "../masking.ts";
import type { Result } from "../result.ts";
import type { Piece } from "./layout.ts";

/** A token: masked, with its end and what was granted. */
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
            Differs from the requested scope:
            ${scopeChange.missing.length > 0 ? `${scopeChange.missing.join(", ")} was not granted. ` : ""}
            ${scopeChange.additional.length > 0 ? `${scopeChange.additional.join(", ")} was added.` : ""}
          </p>`
        : ""
    }
  </section>`;
}

/** What a button did. */
export function resultPanel({ title, text, failed }: Result): Piece {
  return html`<section class="panel result" id="result" aria-live="polite">
    <h2>${title}</h2>
    <pre tabindex="0" class="${failed ? "bad" : ""}">${text}</pre>
  </section>`;
}

/** A line of a list of facts; nothing for what is not there. */
export function fact(name: string, value: Piece | string | undefined): Piece | "" {
  return value === undefined
    ? ""
    : html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`;
}
