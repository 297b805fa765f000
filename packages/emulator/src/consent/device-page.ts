import { html } from "hono/html";
import { page } from "./page.ts";
import type { PageTheme } from "./page-theme.ts";

/** The page on which a person types the code that a device shows. */
export function deviceCodePage(
  theme: PageTheme,
  action: string,
  problem?: string,
): Promise<Response> {
  const content = html`<h1>Connect a device</h1>
    <p class="muted">Type the code that the device shows.</p>
    <form method="post" action="${action}">
      <label for="user_code">Code</label>
      <input
        class="field"
        id="user_code"
        name="user_code"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        required
        autofocus
        ${problem === undefined ? "" : html`aria-invalid="true" aria-describedby="problem"`}
      />
      ${problem === undefined ? "" : html`<p id="problem" class="problem" role="alert">${problem}</p>`}
      <div class="actions"><button class="primary">Continue</button></div>
    </form>`;
  return page(theme, "Connect a device", content, problem === undefined ? 200 : 404);
}
