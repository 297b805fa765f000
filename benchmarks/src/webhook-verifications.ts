import { createHmac } from "node:crypto";
import { type RawDelivery, verifyWebhook } from "@grantkit/provider-github";
import { verify } from "@octokit/webhooks-methods";
import { interleaved } from "./interleaved.ts";
import { rateRow, rateSide, type Way } from "./rates.ts";
import type { Row } from "./table.ts";

const SECRET = "benchmarks-webhook-secret";
const LENGTH = { warmUp: 5, rounds: 31 };
const AIM = { atLeast: 1 };
const ACTION = "opened";
const BODIES = [
  { size: "1 KB", count: 2000, text: payloadOf(1000) },
  { size: "100 KB", count: 200, text: payloadOf(100_000) },
];

/** Webhook deliveries verified and parsed per second. */
export async function webhookVerifications(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { size, count, text } of BODIES) {
    const bytes = Buffer.from(text);
    const ours = grantkit("verifyWebhook(text)", text);
    const oursOfBytes = grantkit("verifyWebhook(bytes)", bytes);
    const peer = octokit("@octokit/webhooks-methods, JSON.parse", () => text);
    const peerOfBytes = octokit("the same of bytes", () => bytes.toString());
    const ways = [ours, oursOfBytes, peer, peerOfBytes];
    const sides = ways.map((way) => rateSide(way, { count, concurrency: 1 }));
    const figures = await interleaved(sides, LENGTH);
    rows.push(
      rateRow(`webhook of ${size}`, figures, ours, peer, AIM),
      rateRow(`webhook of ${size}`, figures, oursOfBytes, peerOfBytes, AIM),
    );
  }
  return rows;
}

/** A payload with about so many bytes of JSON. */
function payloadOf(bytes: number): string {
  const commits = Array.from({ length: Math.round(bytes / 100) }, (_, index) => ({
    id: `${index}`.padStart(40, "0"),
    message: "Größere Änderung am Parser",
  }));
  return JSON.stringify({ action: ACTION, commits });
}

function headersOf(text: string | Uint8Array): Record<string, string> {
  return {
    host: "hooks.example.com",
    "user-agent": "GitHub-Hookshot/044aadd",
    accept: "*/*",
    "content-length": String(Buffer.byteLength(text)),
    "content-type": "application/json",
    "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    "x-github-event": "issues",
    "x-github-hook-id": "292430182",
    "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(text).digest("hex")}`,
  };
}

function grantkit(name: string, body: string | Uint8Array): Way {
  const delivery: RawDelivery = { headers: headersOf(body), body };
  return {
    name,
    async operation() {
      const { payload } = await verifyWebhook<{ action: string }>(delivery, SECRET);
      checkAction(name, payload.action);
    },
  };
}

/** It verifies text, and leaves the headers and the payload to its caller. */
function octokit(name: string, read: () => string): Way {
  const signature = headersOf(read())["x-hub-signature-256"] ?? "";
  return {
    name,
    async operation() {
      const text = read();
      if (!(await verify(SECRET, text, signature))) throw new Error(`${name}: a wrong signature`);
      checkAction(name, (JSON.parse(text) as { action: string }).action);
    },
  };
}

function checkAction(name: string, action: string): void {
  if (action !== ACTION) throw new Error(`${name}: a wrong payload`);
}
