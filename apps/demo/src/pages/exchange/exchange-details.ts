import { html } from "hono/html";
import { curlCommand } from "../../exchanges/curl-command.ts";
import type { Exchange } from "../../exchanges/exchange-log.ts";
import { maskBody } from "../../exchanges/masking.ts";
import {
  bodyParts,
  headerParts,
  type MessagePart,
  urlParts,
} from "../../exchanges/message-parts.ts";
import { meaningOf } from "../../exchanges/parameter-meanings.ts";
import type { Piece } from "../layout.ts";
import { secretBlock, shortened } from "../secret.ts";
import { messageRows } from "./message-rows.ts";

/** Renders all of a request and its response, and the request as a command. */
export function exchangeDetails(exchange: Exchange): Piece {
  const { between, url, requestHeaders, requestBody, responseHeaders, responseBody } = exchange;
  const { isMasked = false } = exchange;
  const shown = isMasked ? asTheyAre : (parts: readonly MessagePart[]) => parts;
  return html`${messageRows("Parameters in the URL", shown(urlParts(url)), "parameter")}
  ${messageRows("Request header", shown(headerParts(requestHeaders)), "header")}
  ${bodyOf("Request body", requestBody, isMasked)}
  ${messageRows("Response header", shown(headerParts(responseHeaders)), "header")}
  ${bodyOf("Response body", responseBody, isMasked)}
  ${between === "demo → provider" && !isMasked ? commandOf(exchange) : ""}`;
}

/** Masked values are no secrets: there is nothing to show after a click. */
function asTheyAre(parts: readonly MessagePart[]): readonly MessagePart[] {
  return parts.map((part) => ({ ...part, masked: part.value }));
}

function bodyOf(title: string, body: string | undefined, isMasked: boolean): Piece | "" {
  if (!body) return "";
  const found = bodyParts(body) ?? [];
  const parts = isMasked ? asTheyAre(found) : found;
  const known = parts.filter(({ name }) => meaningOf(name, "parameter"));
  // Of an API's own data few fields are registered.
  if (known.length > 0 && known.length * 2 >= parts.length) {
    return messageRows(title, parts, "parameter");
  }
  const masked = isMasked ? body : maskBody(body);
  // Masking lays out JSON, and cuts off what is no form and no JSON.
  const isHidden = !isMasked && /…|•••/.test(masked);
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
