// A provider in a process of its own: the event loop that is measured serves nobody. Started by loopback.ts, which
// is told the port and at whose end it ends.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as after } from "node:timers/promises";
import { verify } from "@grantkit/oauth1";
import { CLIENT, TOKEN } from "./oauth1-data.ts";
import { ACCESS_TOKEN, USER } from "./provider-data.ts";

/** Long enough for a second refresh to set out while the first is under way, if anybody lets it. */
const TOKEN_ENDPOINT_DELAY = 50;

/** All 1,000 connections of the refresh benchmark come at once. */
const BACKLOG = 2048;

const user = Buffer.from(JSON.stringify(USER));
const accepted = new Set([`Bearer ${ACCESS_TOKEN}`]);
const spent = new Set<string>();
let tokenRequests = 0;

function json(response: ServerResponse, status: number, body: Buffer): void {
  response
    .writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "content-length": body.length,
    })
    .end(body);
}

/** RFC 6749 §6 with rotation: a refresh token works once, and the second use is an error. */
async function refresh(
  request: IncomingMessage,
  response: ServerResponse,
  delay: number,
): Promise<void> {
  tokenRequests += 1;
  const form = new URLSearchParams(await text(request));
  const refreshToken = form.get("refresh_token");
  if (delay > 0) await after(delay);
  if (form.get("grant_type") !== "refresh_token" || !refreshToken || spent.has(refreshToken)) {
    json(response, 400, Buffer.from('{"error":"invalid_grant"}'));
    return;
  }
  spent.add(refreshToken);
  const accessToken = `renewed-${spent.size}`;
  accepted.add(`Bearer ${accessToken}`);
  const renewed = {
    access_token: accessToken,
    token_type: "bearer",
    expires_in: 3600,
    refresh_token: `refresh-renewed-${spent.size}`,
  };
  json(response, 200, Buffer.from(JSON.stringify(renewed)));
}

/** Whether a request has a token, which another server has issued. */
function hasToken({ headers: { authorization = "" } }: IncomingMessage): boolean {
  return /^Bearer [\w.-]{20,}$/.test(authorization);
}

/** Whether a request is signed, as far as a look tells: what is measured must not wait for this process to verify. */
function looksSigned({ headers: { authorization = "" } }: IncomingMessage): boolean {
  return authorization.startsWith("OAuth ") && authorization.includes(' oauth_signature="');
}

/** Whether a request is signed: asked once, before the clock starts. */
async function isSigned({ url = "", headers }: IncomingMessage): Promise<boolean> {
  const request = { method: "GET", url: `http://${headers.host ?? ""}${url}`, headers };
  const verification = verify(request, () => ({ ...CLIENT, ...TOKEN }));
  return verification.then(
    () => true,
    () => false,
  );
}

function answerUser(response: ServerResponse, known: boolean): void {
  json(response, known ? 200 : 401, known ? user : Buffer.from("{}"));
}

const server = createServer((request, response) => {
  switch (request.url) {
    case "/api/user":
      // A 200 is the proof that the token was there, on either side of a comparison.
      answerUser(response, accepted.has(request.headers.authorization ?? ""));
      return;
    case "/api/any-user":
      answerUser(response, hasToken(request));
      return;
    case "/api/signed-user":
      answerUser(response, looksSigned(request));
      return;
    case "/api/verified-user":
      void isSigned(request).then((known) => answerUser(response, known));
      return;
    case "/token":
      void refresh(request, response, TOKEN_ENDPOINT_DELAY);
      return;
    case "/prompt-token":
      void refresh(request, response, 0);
      return;
    case "/token-requests":
      json(response, 200, Buffer.from(String(tokenRequests)));
      return;
    default:
      json(response, 404, Buffer.from("{}"));
  }
});

// Connections outlive the pauses between batches: what is compared is requests, not handshakes.
server.keepAliveTimeout = 60_000;
server.listen({ port: 0, host: "127.0.0.1", backlog: BACKLOG }, () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on("disconnect", () => process.exit());
