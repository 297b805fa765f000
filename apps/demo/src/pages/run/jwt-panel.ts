import { html } from "hono/html";
import { maskJsonField } from "../../exchanges/masking.ts";
import type { MessagePart } from "../../exchanges/message-parts.ts";
import { type JwtVerdict, verdictOf } from "../../jwt/jwt-verdict.ts";
import { jwtsOf, type RunJwt } from "../../jwt/jwts-of-run.ts";
import type { Run } from "../../runs/run.ts";
import { messageRows } from "../exchange/message-rows.ts";
import type { Piece } from "../layout.ts";

/** Renders the JWTs of a run, decoded, with what the SDK checked of each. */
export function jwtPanel(run: Run): Piece | "" {
  const jwts = jwtsOf(run);
  if (jwts.length === 0) return "";
  return html`<section>
    <h3>JWTs, decoded</h3>
    ${jwts.map((jwt) => jwtDetails(run, jwt, verdictOf(run, jwt)))}
  </section>`;
}

const NAMES: Readonly<Record<string, string>> = {
  id_token: "ID token",
  access_token: "Access token",
  refresh_token: "Refresh token",
  authorization: "Access token",
  dpop: "DPoP proof",
  client_assertion: "Client assertion",
  assertion: "Assertion",
};

function jwtDetails(run: Run, jwt: RunJwt, { result, checks }: JwtVerdict): Piece {
  const { name, origin, header, claims } = jwt;
  const passed = checks.filter(({ state }) => state === "passed").length;
  const failed = checks.find(({ state }) => state === "failed");
  const style = { verified: "good", refused: "bad", "not checked": "" };
  return html`<details class="jwt">
    <summary>
      ${NAMES[name.toLowerCase()] ?? name}, ${origin}:
      <strong class="${style[result]}">${failed ? `refused: ${failed.title}` : result}</strong>
      ${checks.length > 0 ? html`<small>${passed} checks passed</small>` : ""}
    </summary>
    <div class="opened">
      ${result === "not checked" ? html`<p class="hint">${reasonOf(run, jwt)}</p>` : ""}
      ${checks.length > 0 ? checkList(checks) : ""}
      ${messageRows("Header", partsOf(header), "claim")}
      ${messageRows("Claims", partsOf(claims), "claim")}
    </div>
  </details>`;
}

function reasonOf(run: Run, { name, origin }: RunJwt): string {
  if (origin === "typed in") return "The SDK was not asked to verify it.";
  if (origin === "sent" && !/^authorization$/i.test(name)) {
    return "The app made it or passes it on: whoever receives it checks it.";
  }
  if (name !== "id_token") {
    return "A token like this is for the API, which checks it: the app does not read it (RFC 9068 §6).";
  }
  return run.outcome && isRefresh(run)
    ? "The SDK could not verify it now, and kept the earlier ID token: a refresh does not fail for that."
    : "The SDK did not verify it in this run.";
}

function isRefresh({ exchanges }: Run): boolean {
  return exchanges.some(({ requestBody }) => requestBody?.includes("grant_type=refresh_token"));
}

const WORDS = {
  passed: "passed",
  failed: "failed",
  absent: "nothing to check",
  open: "not reached",
};
const SIGNS = { passed: "✓", failed: "✗", absent: "–", open: "·" };

function checkList(checks: JwtVerdict["checks"]): Piece {
  return html`<h4>What the SDK checked, in its order</h4>
    <ul class="checks">
      ${checks.map(
        ({ state, title, fact, reason, source }) =>
          html`<li class="${state}">
            <span class="sign" role="img" aria-label="${WORDS[state]}">${SIGNS[state]}</span>
            <strong>${title}</strong>
            <span
              >${fact === undefined ? "" : html`<code>${fact}</code> `}<small
                >${reason}${source ? html` <cite>${source}</cite>` : ""}</small
              ></span
            >
          </li>`,
      )}
    </ul>`;
}

function partsOf(claims: Readonly<Record<string, unknown>>): readonly MessagePart[] {
  return Object.entries(claims).map(([name, value]) => ({
    name,
    value: withTime(name, textOf(value)),
    masked: withTime(name, textOf(maskJsonField(name, value))),
  }));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

const TIMES: ReadonlySet<string> = new Set(["exp", "iat", "nbf", "auth_time", "updated_at"]);

/** Adds the date to a number of seconds since the epoch. */
function withTime(name: string, text: string): string {
  const date = TIMES.has(name) ? new Date(Number(text) * 1000) : undefined;
  return date && !Number.isNaN(date.getTime()) ? `${text} (${date.toISOString()})` : text;
}
