import { html } from "hono/html";
import type { AppCall, DemoProvider } from "../demo-provider.ts";
import type { AppVisit } from "../visitors.ts";
import { badge } from "./badge.ts";
import { button, page, type Piece } from "./layout.ts";
import { resultPanel, tokenPanel } from "./panels.ts";

/** A token that no user is behind, and what it is good for. */
export function appCallPage(
  provider: DemoProvider,
  { as }: AppCall,
  { token, result }: AppVisit,
  exchanges: Piece,
): Piece {
  return page(
    `${provider.title} without a user`,
    html`<section class="panel who ${provider.name}">
        <div>
          <h1>Nobody is signed in</h1>
          <p>The demo called ${provider.title} as ${as}. ${badge(provider)}</p>
        </div>
        ${button(`/app/${provider.name}`, "Do it again")}
      </section>
      ${tokenPanel(token)} ${resultPanel(result)} ${exchanges}`,
  );
}
