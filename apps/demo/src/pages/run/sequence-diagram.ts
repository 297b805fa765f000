import { html } from "hono/html";
import type { Exchange } from "../../exchanges/exchange-log.ts";
import { maskText } from "../../exchanges/masking.ts";
import type { Piece } from "../layout.ts";

type Actor = "You" | "Playground" | "Provider" | "API";

/** An arrow of the diagram. */
interface Step {
  readonly from: Actor;
  readonly to: Actor;
  readonly label: string;
  /** The exchange's number in the timeline; undefined for what the playground concludes and does not see. */
  readonly number?: number;
  readonly style: "request" | "response" | "bad" | "unseen";
}

/** The distance of the lanes: fewer leave more space for what stands between them. */
const WIDTHS: Readonly<Record<number, number>> = { 2: 240, 3: 175, 4: 160 };
const TOP = 50;
const HEIGHT = 36;
const MOST_EXCHANGES = 20;

/** Draws the exchanges of a run as a sequence diagram. The timeline is its text for people who do not see it. */
export function sequenceDiagram({
  exchanges,
  flow,
  target,
  id,
}: {
  readonly id: number;
  readonly exchanges: readonly Exchange[];
  readonly flow: { readonly title: string };
  readonly target: { readonly title: string };
}): Piece | "" {
  const steps = exchanges.slice(0, MOST_EXCHANGES).flatMap(stepsOf);
  if (steps.length === 0) return "";
  const actors = (["You", "Playground", "Provider", "API"] as const).filter((actor) =>
    steps.some(({ from, to }) => from === actor || to === actor),
  );
  const width = WIDTHS[actors.length] ?? 160;
  const x = (actor: Actor): number => width * (actors.indexOf(actor) + 0.5);
  const height = TOP + steps.length * HEIGHT + 8;
  const hidden = exchanges.length - MOST_EXCHANGES;
  return html`<div class="diagram" tabindex="0" role="group" aria-label="Sequence diagram">
    <svg
      role="img"
      data-actors="${actors.length}"
      aria-labelledby="diagram-title-${id} diagram-text-${id}"
      viewBox="0 0 ${width * actors.length} ${height}"
      width="${width * actors.length}"
      height="${height}"
    >
      <title id="diagram-title-${id}">
        ${flow.title} with ${target.title}: who sent what to whom
      </title>
      <desc id="diagram-text-${id}">${steps.map(sentenceOf).join(" ")}</desc>
      <defs>
        ${(["request", "response", "bad", "unseen"] as const).map(
          (style) =>
            html`<marker
              id="tip-${style}-${id}"
              class="tip ${style}"
              viewBox="0 0 8 8"
              refX="8"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              orient="auto"
            >
              <path d="M0 0L8 4L0 8z" />
            </marker>`,
        )}
      </defs>
      ${actors.map(
        (actor) =>
          html`<path class="lane" d="M${x(actor)} 30V${height}" />
            <rect class="actor" x="${x(actor) - 60}" y="2" width="120" height="28" rx="8" />
            <text class="actor-name" x="${x(actor)}" y="21">${actor}</text>`,
      )}
      ${steps.map((step, index) => arrow(step, x, TOP + index * HEIGHT + 12, id))}
    </svg>
    ${hidden > 0 ? html`<p class="hint">… and ${hidden} more exchanges in the timeline.</p>` : ""}
  </div>`;
}

function arrow(
  { from, to, label, style, number }: Step,
  x: (actor: Actor) => number,
  y: number,
  id: number,
): Piece {
  const [start, end] = [x(from), x(to)];
  const sign = Math.sign(end - start);
  const room = Math.floor((Math.abs(end - start) - (number === undefined ? 14 : 40)) / 7.3);
  const short = label.length > room ? shortened(label, room) : label;
  return html`${
      number === undefined
        ? ""
        : html`<circle class="step" cx="${start + 14 * sign}" cy="${y - 9}" r="9" />
            <text class="step-number" x="${start + 14 * sign}" y="${y - 5}">${number}</text>`
    }<text
      class="label ${style}"
      x="${(start + end) / 2 + (number === undefined ? 0 : 10 * sign)}"
      y="${y - 5}"
      >${short}</text
    ><path
      class="arrow ${style}"
      d="M${start} ${y}H${end - sign}"
      marker-end="url(#tip-${style}-${id})"
    />`;
}

/** Leaves out the beginning of a path, but not the method before it. */
function shortened(label: string, room: number): string {
  const method = label.slice(0, label.indexOf(" ") + 1);
  const end = label.slice(method.length + 1 - room);
  return `${method}…${end.slice(Math.max(0, end.indexOf("/")))}`;
}

/** Reads an exchange as arrows. What the browser does is seen only where it comes to the playground. */
function stepsOf(exchange: Exchange, index: number): Step[] {
  const { between, method, url, status, failure, outcome, times } = exchange;
  const { pathname } = new URL(url);
  const label = `${method} ${maskText(pathname)}${times === undefined ? "" : `, ${times} times`}`;
  const number = index + 1;
  if (between === "browser → provider") {
    return [{ from: "You", to: "Provider", label, number, style: "request" }];
  }
  if (between === "browser → demo") {
    const style = failure === undefined ? "request" : "bad";
    const words = `callback: ${failure ?? outcome ?? pathname}`;
    return [
      { from: "Provider", to: "You", label: "redirect to the callback", style: "unseen" },
      { from: "You", to: "Playground", label: words, number, style },
    ];
  }
  const to = isApiRequest(exchange) ? "API" : "Provider";
  const isBad = status === undefined || status >= 400;
  return [
    { from: "Playground", to, label, number, style: "request" },
    {
      from: to,
      to: "Playground",
      label: `${status ?? failure ?? "no response"}`,
      style: isBad ? "bad" : "response",
    },
  ];
}

/** Whether a request has an access token, or a signature of OAuth 1.0a: then it is for the API, and otherwise for the provider's own endpoints. */
function isApiRequest({ url, requestHeaders = {}, requestBody = "" }: Exchange): boolean {
  const [, authorization = ""] =
    Object.entries(requestHeaders).find(([name]) => /^authorization$/i.test(name)) ?? [];
  if (`${authorization}${url}${requestBody}`.includes("oauth_signature=")) {
    return !/\/(?:request|access)_token$/.test(new URL(url).pathname);
  }
  return /^(?:bearer|dpop|token) /i.test(authorization) || /[?&]access_token=/.test(url);
}

function sentenceOf({ from, to, label, number }: Step): string {
  return `${number === undefined ? "" : `${number}. `}${from} to ${to}: ${label}.`;
}
