import { html } from "hono/html";
import { curlCommand } from "../../exchanges/curl-command.ts";
import type { Exchange } from "../../exchanges/exchange-log.ts";
import { maskBody } from "../../exchanges/masking.ts";
import { bodyParts, headerParts, urlParts } from "../../exchanges/message-parts.ts";
import { meaningOf } from "../../exchanges/parameter-meanings.ts";
import type { Piece } from "../layout.ts";
import { secretBlock, shortened } from "../secret.ts";
import { messageRows } from "./message-rows.ts";

/** Renders all of a request and its response, and the request as a command. */
export function exchangeDetails(exchange: Exchange): Piece {
  const { between, url, requestHeaders, requestBody, responseHeaders, responseBody } = exchange;
  return html`${messageRows("Parameters in the URL", urlParts(url), "parameter")}
  ${messageRows("Request header", headerParts(requestHeaders), "header")}
  ${bodyOf("Request body", requestBody)}
  ${messageRows("Response header", headerParts(responseHeaders), "header")}
  ${bodyOf("Response body", responseBody)}
  ${between === "demo → provider" ? commandOf(exchange) : ""}`;
}

function bodyOf(title: string, body: string | undefined): Piece | "" {
  if (!body) return "";
  const parts = bodyParts(body) ?? [];
  const known = parts.filter(({ name }) => meaningOf(name, "parameter"));
  // Of an API's own data few fields are registered.
  if (known.length > 0 && known.length * 2 >= parts.length) {
    return messageRows(title, parts, "parameter");
  }
  const masked = maskBody(body);
  // Masking lays out JSON, and cuts off what is no form and no JSON.
  const isHidden = /…|•••/.test(masked);
  return html`<h4>${title}</h4>
    ${isHidden ? secretBlock(shortened(body), masked) : html`<pre tabindex="0">${masked}</pre>`}`;
}

/** Characters of a command that people would still paste. */
const LONGEST_COMMAND = 8000;

function commandOf(exchange: Exchange): Piece | "" {
  const command = curlCommand(exchange, "raw");
  if (command.length > LONGEST_COMMAND) return "";
  return html`<details class="as-code">
    <summary>Copy as curl</summary>
    ${secretBlock(command, curlCommand(exchange, "masked"))}
  </details>`;
}
