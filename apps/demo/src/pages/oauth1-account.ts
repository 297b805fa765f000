import { html } from "hono/html";
import type { Exchange } from "../exchange-log.ts";
import { masked } from "../masking.ts";
import type { OAuth1Demo } from "../oauth1-demo.ts";
import type { OAuth1Account } from "../oauth1-visit.ts";
import { button, page, type Piece } from "./layout.ts";
import { signingFields } from "./oauth1-card.ts";
import { fact, resultPanel } from "./panels.ts";
import { nameOf, whoPanel } from "./who.ts";

/** Who is signed in by OAuth 1.0a, and what can be signed for. */
export function oauth1AccountPage(
  oauth1: OAuth1Demo,
  account: OAuth1Account,
  exchanges: Piece,
): Piece {
  const { profile, token, choice, result, sent } = account;
  return page(
    `${nameOf(profile)} at ${oauth1.title}`,
    html`${whoPanel(oauth1, profile)}
      <section class="panel">
        <h2>The token</h2>
        <dl class="facts">
          ${fact("access token", html`<code id="access-token">${masked(token.key)}</code>`)}
          ${fact("its secret", html`<code>${masked(token.secret)}</code>; it signs requests (only PLAINTEXT sends it)`)}
          ${fact("expires", token.expiresAt?.toISOString() ?? "the provider did not say")}
          ${fact(
            "came with",
            Object.entries(token.parameters)
              .map(([name, value]) => `${name} ${value}`)
              .join(", ") || undefined,
          )}
        </dl>
      </section>
      <section class="panel oauth1">
        <h2>Use the token</h2>
        <form class="signing" method="post" action="/account/oauth1/call">
          ${signingFields(oauth1, choice)}
          ${oauth1.calls.map(({ name, label }) => html`<button name="call" value="${name}">${label}</button>`)}
        </form>
        <p class="hint">Or return with a callback for another person's request token:</p>
        ${button("/account/oauth1/foreign-callback", "Send a callback for another token")}
      </section>
      ${result ? resultPanel(result) : ""} ${sent ? signedRequest(sent) : ""} ${exchanges}`,
  );
}

/** The request as it was signed. Lines are not indented: a narrow page would break after the indent. */
function signedRequest({ method, url, requestHeaders = {}, requestBody }: Exchange): Piece {
  const [location = "", query] = url.split("?", 2);
  const header = (wanted: string): string | undefined =>
    Object.entries(requestHeaders).find(([name]) => name.toLowerCase() === wanted)?.[1];
  const authorization = header("authorization")?.replace(/^OAuth /, "OAuth\n");
  const type = header("content-type");
  const lines = [
    `${method} ${location}${query ? `\n?${query.split("&").join("\n&")}` : ""}`,
    type && `Content-Type: ${type}`,
    authorization && `Authorization: ${authorization.replaceAll('", ', '",\n')}`,
    requestBody && `\n${requestBody.split("&").join("\n&")}`,
  ];
  return html`<section class="panel">
    <h2>The signed request</h2>
    <pre tabindex="0" id="signed-request">${lines.filter(Boolean).join("\n")}</pre>
  </section>`;
}
