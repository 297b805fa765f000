import { html } from "hono/html";
import type { TypedTarget } from "../../targets/target.ts";
import { button, page, type Piece } from "../layout.ts";

/** Asks whether the other servers that an issuer names are its own. */
export function confirmPage({ target, elsewhere }: TypedTarget): Piece {
  const origins = [...new Set(elsewhere.map(({ url }) => new URL(url).origin))];
  return page(
    "Are these servers its own?",
    html`<section class="panel">
      <h1>Are these servers its own?</h1>
      <p>
        ${target.title} has endpoints on other servers than the one that you typed in. Codes, tokens
        and the client secret would go there. Nothing was sent to them yet.
      </p>
      ${origins.map(
        (origin) =>
          html`<h2><code>${origin}</code></h2>
            <ul>
              ${elsewhere
                .filter(({ url }) => new URL(url).origin === origin)
                .map(({ endpoint, url }) => html`<li>${endpoint}: <code>${url}</code></li>`)}
            </ul>`,
      )}
      ${button(`/targets/${target.id}/confirm`, "Use these servers", { kind: "primary" })}
      <a class="button" href="/">Do not use them</a>
    </section>`,
    { styles: ["panel", "request"] },
  );
}
