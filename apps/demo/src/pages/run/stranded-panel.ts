import { html } from "hono/html";
import { bodyParts, urlParts } from "../../exchanges/message-parts.ts";
import type { Run } from "../../runs/run.ts";
import type { Piece } from "../layout.ts";

/** Renders why the provider may not have sent the browser back, which the app hears nothing of. */
export function strandedPanel(run: Run): Piece {
  const { target, fault } = run;
  return html`<p><strong>Where:</strong> at ${target.title}, in your browser.</p>
    ${
      fault
        ? html`<p><strong>The fault that you chose:</strong> ${fault.effect} ${fault.stranded}</p>`
        : ""
    }
    <h3>What the SDK did</h3>
    <ul>
      <li>${requestBuilt(run)}, and has heard nothing since.</li>
    </ul>
    <h3>What to do next</h3>
    ${fault?.remedy === undefined ? "" : html`<p>${fault.remedy}</p>`}
    ${target.protocol === "oauth1" ? oauth1Advice(target.title) : advice(run)}
    <h3>The error that an app gets</h3>
    <p>None: the callback never comes.</p>`;
}

function requestBuilt({ flow, target }: Run): string {
  if (flow.id === "logout") return "It built the logout request";
  return target.protocol === "oauth1"
    ? "It fetched a request token, built the authorization URL"
    : "It built the authorization request";
}

function oauth1Advice(title: string): Piece {
  return html`<p>
    If ${title} showed an error page: a request token works once, and for some minutes. Start again.
  </p>`;
}

function advice(run: Run): Piece {
  const { title } = run.target;
  const redirectUri = sent(run, "redirect_uri") ?? sent(run, "post_logout_redirect_uri");
  const clientId = sent(run, "client_id");
  return html`<p>
      If ${title} showed an error page: it sends nobody back to an app that it does not know (RFC
      6749 §4.1.2.1). Read what its page says:
    </p>
    <ul>
      ${
        redirectUri === undefined
          ? ""
          : html`<li>
              <code>redirect_uri_mismatch</code>: register the redirect URI that the request has,
              letter by letter: <code>${redirectUri}</code>
            </li>`
      }
      ${
        clientId === undefined
          ? ""
          : html`<li>
              <code>invalid_client</code>: compare the client ID that the request has with
              ${title}'s console: <code>${clientId}</code>
            </li>`
      }
      ${scopeAdvice(run)}
    </ul>`;
}

/** A scope that a fault added is not in the field. */
function scopeAdvice(run: Run): Piece | "" {
  const field = run.flow.fields(run.target).find(({ name }) => name === "scope");
  if (!field) return "";
  const known = new Set(field.options?.map(({ value }) => value));
  const unknown = (run.values.words("scope") ?? []).filter((scope) => !known.has(scope));
  if (unknown.length === 0 && run.fault) return "";
  return html`<li>
    <code>invalid_scope</code>: correct the field Scopes.
    ${
      known.size > 0 && unknown.length > 0
        ? html`Not among the scopes that the playground knows for ${run.target.title}:
            <code>${unknown.join(" ")}</code>`
        : ""
    }
  </li>`;
}

/** A parameter of the request, which may have been pushed (RFC 9126). */
function sent({ exchanges }: Run, wanted: string): string | undefined {
  return exchanges
    .flatMap(({ url, requestBody = "" }) => [...urlParts(url), ...(bodyParts(requestBody) ?? [])])
    .find(({ name }) => name === wanted)?.value;
}
