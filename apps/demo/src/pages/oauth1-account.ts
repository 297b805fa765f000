import { html } from "hono/html";
import type { Exchange } from "../exchanges/exchange-log.ts";
import { maskBody, masked, maskHeaders, maskUrl } from "../exchanges/masking.ts";
import type { OAuth1Demo, SigningChoice } from "../oauth1-demo.ts";
import type { OAuth1Account } from "../visitors.ts";
import { resultPanel } from "./account.ts";
import { button, fact, type Piece } from "./layout.ts";

/** Renders an OAuth 1.0a token, the buttons that sign requests with it, and the last signed request. */
export function oauth1TokenPanels(
  oauth1: OAuth1Demo,
  { token, choice, result, sent }: OAuth1Account,
): Piece {
  const parameters = Object.entries(token.parameters).map(([name, value]) => `${name} ${value}`);
  return html`<section class="panel">
      <h2>The token</h2>
      <dl class="facts">
        ${fact("access token", html`<code id="access-token">${masked(token.key)}</code>`)}
        ${fact("token secret", html`<code>${masked(token.secret)}</code> (signs requests; only PLAINTEXT sends it)`)}
        ${fact("expires", token.expiresAt?.toISOString() ?? "the provider did not say")}
        ${fact("sent with it", parameters.join(", ") || undefined)}
      </dl>
    </section>
    <section class="panel oauth1">
      <h2>Use the token</h2>
      <form class="signing" method="post" action="/account/oauth1/call">
        ${signingFields(oauth1, choice)}
        ${oauth1.calls.map(({ name, label }) => html`<button name="call" value="${name}">${label}</button>`)}
      </form>
      <p class="hint">
        Or start a sign-in and return with the callback of another person's sign-in:
      </p>
      ${button("/account/oauth1/foreign-callback", "Send a callback for another token")}
    </section>
    ${resultPanel(result)} ${sent ? signedRequest(sent) : ""}`;
}

/** Renders a signed request. Lines are not indented, because narrow pages would break them after the indent. */
function signedRequest({ method, url, requestHeaders = {}, requestBody }: Exchange): Piece {
  const [location = "", query] = maskUrl(url).split("?", 2);
  const body = requestBody && maskBody(requestBody);
  const header = (wanted: string): string | undefined =>
    Object.entries(maskHeaders(requestHeaders)).find(
      ([name]) => name.toLowerCase() === wanted,
    )?.[1];
  const authorization = header("authorization")?.replace(/^OAuth /, "OAuth\n");
  const type = header("content-type");
  const lines = [
    `${method} ${location}${query ? `\n?${query.split("&").join("\n&")}` : ""}`,
    type && `Content-Type: ${type}`,
    authorization && `Authorization: ${authorization.replaceAll('", ', '",\n')}`,
    body && `\n${body.split("&").join("\n&")}`,
  ];
  return html`<section class="panel">
    <h2>The signed request</h2>
    <pre tabindex="0" id="signed-request">${lines.filter(Boolean).join("\n")}</pre>
  </section>`;
}

/** Renders the fields of a form that choose how requests are signed. */
export function signingFields({ methods, placements }: OAuth1Demo, choice?: SigningChoice): Piece {
  return html`${select("Signature method", "method", methods, choice?.method)}
  ${select("Signature goes into the", "placement", placements, choice?.placement)}`;
}

function select(
  label: string,
  name: string,
  values: readonly string[],
  chosen: string | undefined,
): Piece {
  return html`<label class="field"
    >${label}
    <select name="${name}">
      ${values.map((value) => html`<option ${value === chosen ? "selected" : ""}>${value}</option>`)}
    </select>
  </label>`;
}
