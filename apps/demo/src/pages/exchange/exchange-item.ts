import { html } from "hono/html";
import type { Exchange } from "../../exchanges/exchange-log.ts";
import { maskText } from "../../exchanges/masking.ts";
import type { Piece } from "../layout.ts";
import { exchangeDetails } from "./exchange-details.ts";

/** Renders an exchange of a list: a line that opens, or that leads to a page where it is open. */
export function exchangeItem(
  exchange: Exchange,
  number: number,
  {
    href,
    isOpen = false,
    isFailed = false,
  }: {
    readonly href?: string | undefined;
    readonly isOpen?: boolean;
    /** Whether the run's error is about it. */
    readonly isFailed?: boolean;
  } = {},
): Piece {
  return html`<li class="${isFailed ? "failed" : ""}">
    ${isFailed ? html`<p class="failed-here">Here it failed:</p>` : ""}
    ${
      href === undefined
        ? html`<details class="exchange" id="exchange-${number}" ${isOpen ? "open" : ""}>
            <summary class="line">${lineOf(exchange, number)}</summary>
            <div class="opened">${exchangeDetails(exchange)}</div>
          </details>`
        : html`<a class="exchange line" href="${href}">${lineOf(exchange, number)}</a>`
    }
  </li>`;
}

function lineOf(exchange: Exchange, number: number): Piece {
  const { between, method, url, milliseconds, times } = exchange;
  const { host, pathname } = new URL(url);
  return html`<span class="number">${number}</span>
    <span class="method">${method}</span>
    <span class="where">
      <span class="url">${breakable(maskText(pathname))}</span>
      <span class="between"
        >${wordsOf[between]} at ${host}${times === undefined ? "" : `, ${times} times`}</span
      >
    </span>
    ${statusOf(exchange)}
    <span class="time">${milliseconds === undefined ? "" : `${milliseconds} ms`}</span>`;
}

const wordsOf: Readonly<Record<Exchange["between"], string>> = {
  "browser → provider": "your browser → provider",
  "browser → demo": "your browser → playground",
  "demo → provider": "playground → provider",
};

/** Renders how an exchange ended. The demo does not see how the browser's request to the provider ends. */
function statusOf({ status, failure, outcome }: Exchange): Piece {
  if (status !== undefined) {
    return html`<span class="status ${status >= 400 ? "bad" : "good"}">${status}</span>`;
  }
  const word = failure ?? outcome;
  return word === undefined
    ? html`<span></span>`
    : html`<span class="status word ${failure === undefined ? "good" : "bad"}">${word}</span>`;
}

/** Renders a path that breaks after slashes, and inside a name only if that is wider than the line. */
function breakable(pathname: string): Piece {
  const [first = "", ...rest] = pathname.split("/");
  return html`${first}${rest.map((name) => html`/<wbr />${name}`)}`;
}
