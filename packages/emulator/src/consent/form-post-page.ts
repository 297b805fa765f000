import { html } from "hono/html";
import { defined } from "../oauth/responses.ts";
import type { UrlParameters } from "../oauth/responses.ts";
import { unescaped } from "./click-through.ts";
import type { PageTheme } from "./page-theme.ts";
import { page } from "./page.ts";

/**
 * Makes the page that posts the parameters of a callback to the redirect URI by itself.
 *
 * @see https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html
 */
export function formPostPage(
  theme: PageTheme,
  redirectUri: string,
  parameters: UrlParameters,
): Promise<Response> {
  const title = "Back to the application";
  const content = html`<h1>${title}</h1>
    <form method="post" action="${redirectUri}">
      ${defined(parameters).map(
        ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
      )}
      <p>The answer is posted to the application.</p>
      <div class="actions"><button class="primary">Continue</button></div>
    </form>`;
  return page(theme, title, content, 200, "document.forms[0].submit()");
}

/** Makes the request that a browser sends on such a page; undefined if it is another page. */
export function requestOfFormPost(pageText: string): Request | undefined {
  const action = /<form method="post" action="([^"]*)">/.exec(pageText)?.[1];
  if (action === undefined || !URL.canParse(unescaped(action))) return undefined;
  const body = new URLSearchParams();
  const inputs = /<input\s+type="hidden"\s+name="([^"]*)"\s+value="([^"]*)"/g;
  for (const [, name = "", value = ""] of pageText.matchAll(inputs)) {
    body.append(unescaped(name), unescaped(value));
  }
  return new Request(unescaped(action), { method: "POST", body });
}
