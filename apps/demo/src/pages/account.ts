import type { Token } from "@grantkit/core";
import { html } from "hono/html";
import { masked } from "../masking.ts";
import type { DemoProvider } from "../providers.ts";
import type { Account } from "../visitors.ts";
import { badge, nameOf } from "./home.ts";
import { button, disabledButton, page, type Piece } from "./layout.ts";

/** Who is signed in, what was granted, and what can be done with it. */
export function accountPage(
  provider: DemoProvider,
  { profile, token, result }: Account,
  exchanges: Piece,
): Piece {
  const name = nameOf(profile);
  return page(
    `${name} at ${provider.title}`,
    html`<section class="panel who ${provider.name}">
        ${
          profile.picture
            ? html`<img class="picture" src="${profile.picture}" alt="" width="72" height="72" />`
            : html`<span class="picture none" aria-hidden="true">${name.slice(0, 1)}</span>`
        }
        <div>
          <h1>${name}</h1>
          <p>Signed in with ${provider.title} ${badge(provider)}</p>
          <dl class="facts">
            ${fact("id", profile.id)} ${fact("user name", profile.username)}
            ${fact("e-mail", emailOf(profile) ?? provider.noEmail)}
          </dl>
        </div>
        ${button(`/account/${provider.name}/sign-out`, "Sign out")}
      </section>
      ${tokenPanel(token)} ${actions(provider, token)}
      ${
        result
          ? html`<section class="panel result" aria-live="polite">
              <h2>${result.title}</h2>
              <pre tabindex="0" class="${result.failed ? "bad" : ""}">${result.text}</pre>
            </section>`
          : ""
      }
      ${exchanges}`,
  );
}

function tokenPanel(token: Token): Piece {
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
          : "not that the provider said",
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
            Other than asked for:
            ${scopeChange.missing.length > 0 ? `${scopeChange.missing.join(", ")} was not granted. ` : ""}
            ${scopeChange.additional.length > 0 ? `${scopeChange.additional.join(", ")} came on top.` : ""}
          </p>`
        : ""
    }
  </section>`;
}

function actions(provider: DemoProvider, token: Token): Piece {
  const base = `/account/${provider.name}`;
  return html`<section class="panel">
    <h2>Do something with it</h2>
    <div class="actions">
      ${button(`${base}/call`, "Call the API, token in the header", { fields: { placement: "header" } })}
      ${
        provider.noQuery === undefined
          ? button(`${base}/call`, "Call the API, token in the query", {
              fields: { placement: "query" },
            })
          : disabledButton("Call the API, token in the query", provider.noQuery)
      }
      ${
        token.refreshToken === undefined
          ? disabledButton("Refresh the token", provider.noRefresh)
          : button(`${base}/refresh`, "Refresh the token")
      }
    </div>
  </section>`;
}

function emailOf({ email, emailVerified }: Account["profile"]): string | undefined {
  if (email === undefined) return undefined;
  const words = emailVerified
    ? "verified"
    : emailVerified === false
      ? "not verified"
      : "maybe verified";
  return `${email} (${words})`;
}

function fact(name: string, value: Piece | string | undefined): Piece | "" {
  return value === undefined
    ? ""
    : html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`;
}
