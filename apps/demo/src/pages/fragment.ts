import { html } from "hono/html";
import type { AnyTarget } from "../targets/target.ts";
import { page, type Piece } from "./layout.ts";

/** Renders the callback of the implicit grant: only the browser sees the fragment, and this page hands it on. */
export function fragmentPage({ id, title }: AnyTarget): Piece {
  return page(
    "Callback",
    html`<section class="panel">
      <h1>${title} sent you back</h1>
      <p>
        The token is in the fragment of this page's address, which browsers do not send to servers.
        Copy the whole address into the field.
      </p>
      <form method="post" action="/callback/${id}/fragment" id="fragment-form">
        <label class="field text"
          >Address of this page <input type="text" name="url" required autocomplete="off"
        /></label>
        <button class="primary">Go on</button>
      </form>
    </section>`,
    { scripts: ["fragment"] },
  );
}
