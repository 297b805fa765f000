import type { Token } from "@grantkit/core";
import { html } from "hono/html";
import type { DemoProvider } from "../demo-provider.ts";
import type { Account } from "../visitors.ts";
import { badge, nameOf } from "./home.ts";
import { button, disabledButton, page, type Piece } from "./layout.ts";
import { fact, resultPanel, tokenPanel } from "./panels.ts";

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
      ${tokenPanel(token)} ${actions(provider, token)} ${result ? resultPanel(result) : ""}
      ${exchanges}`,
  );
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
      ${button(`${base}/revoke`, "Revoke the token")}
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
