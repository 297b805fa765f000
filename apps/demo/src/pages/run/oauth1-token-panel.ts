import type { OAuth1Token } from "@grantkit/oauth1";
import { html } from "hono/html";
import { masked } from "../../exchanges/masking.ts";
import { fact, type Piece } from "../layout.ts";
import { secretValue } from "../secret.ts";

/** Renders a token of OAuth 1.0a: masked until a click, with its secret and its expiry. */
export function oauth1TokenPanel(token: OAuth1Token): Piece {
  const { key, secret, sessionHandle, expiresAt } = token;
  const parameters = Object.entries(token.parameters).map(([name, value]) => `${name} ${value}`);
  return html`<section class="token">
    <h3>The token</h3>
    <dl class="facts">
      ${fact("access token", secretValue(key, masked(key)))}
      ${fact("token secret", html`${secretValue(secret, masked(secret))} (it signs; only PLAINTEXT sends it)`)}
      ${fact("session handle", sessionHandle === undefined ? "none" : secretValue(sessionHandle, masked(sessionHandle)))}
      ${fact(
        "expires",
        expiresAt
          ? html`<time datetime="${expiresAt.toISOString()}" data-countdown
              >${expiresAt.toISOString()}</time
            >`
          : "the provider did not say",
      )}
      ${fact("sent with it", parameters.join(", ") || undefined)}
    </dl>
  </section>`;
}
