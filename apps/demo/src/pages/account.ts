import type { Token } from "@grantkit/core";
import { html } from "hono/html";
import type { DemoProvider } from "../demo-provider.ts";
import type { Account } from "../visitors.ts";
import { button, disabledButton, page, type Piece } from "./layout.ts";
import { resultPanel, tokenPanel } from "./panels.ts";
import { nameOf, whoPanel } from "./who.ts";

/** Who is signed in, what was granted, and what can be done with it. */
export function accountPage(
  provider: DemoProvider,
  { profile, token, result }: Account,
  exchanges: Piece,
): Piece {
  return page(
    `${nameOf(profile)} at ${provider.title}`,
    html`${whoPanel(provider, profile)} ${tokenPanel(token)} ${actions(provider, token)}
    ${result ? resultPanel(result) : ""} ${exchanges}`,
  );
}

function actions(provider: DemoProvider, token: Token): Piece {
  const base = `/account/${provider.name}`;
  return html`<section class="panel">
    <h2>Use the token</h2>
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
