import type { DevicePending } from "@grantkit/core";
import { html } from "hono/html";
import type { DemoProvider } from "../demo-provider.ts";
import type { DeviceSignIn } from "../device-sign-in.ts";
import { badge, button, page, type Piece } from "./layout.ts";

/** Renders what a TV would show, and the polls so far. */
export function devicePage(
  provider: DemoProvider,
  { device, answers }: DeviceSignIn,
  exchanges: Piece,
): Piece {
  const { title, name } = provider;
  const ends = new Date(device.expiresAt).toISOString();
  return page(
    `Waiting for ${title}`,
    html`<section class="panel device ${name}">
        <h1>Sign in with ${title} on another device</h1>
        <p>This page stands for a TV. Use another tab as your phone. ${badge(provider)}</p>
        <ol class="steps">
          <li>
            Open
            <a href="${device.verificationUri}" target="_blank" rel="noopener noreferrer"
              >${device.verificationUri}</a
            >
          </li>
          <li>Enter <code class="user-code">${device.userCode}</code></li>
          <li>Allow or deny access there. This page continues by itself.</li>
        </ol>
        <p class="hint">The code expires <time datetime="${ends}" data-countdown>${ends}</time>.</p>
      </section>
      <section class="panel" aria-labelledby="polling-title">
        <h2 id="polling-title">Polling</h2>
        ${
          answers.length === 0
            ? html`<p class="hint">The first poll comes after ${device.interval} seconds.</p>`
            : html`<ol class="answers">
                ${answers.slice(-MAX_ANSWERS).map(answerItem)}
              </ol>`
        }
        <div class="pair">
          ${button(`/device/${name}/too-soon`, "Poll now, too early")}
          ${button(`/device/${name}/stop`, "Stop waiting")}
        </div>
      </section>
      ${exchanges}`,
    { waits: true },
  );
}

const MAX_ANSWERS = 8;

const WORDS: Readonly<Record<DevicePending["reason"], string>> = {
  authorization_pending: "Not yet",
  slow_down: "Too early: slowing down",
  unavailable: "No answer: slowing down",
};

function answerItem({ reason, interval }: DevicePending): Piece {
  return html`<li>
    <p>
      <span class="${reason === "authorization_pending" ? "" : "bad"}">${WORDS[reason]}</span>
      <code>${reason}</code>
      <span class="hint">next poll after ${interval} s</span>
    </p>
  </li>`;
}
