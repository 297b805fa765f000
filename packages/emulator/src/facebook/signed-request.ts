import { createHmac } from "node:crypto";
import { postToApplication } from "../server/post-to-application.ts";
import { among, checkOptions, plainObject, text } from "../server/switches.ts";
import type { Rules } from "../server/switches.ts";
import type { FacebookServer } from "./server.ts";
import type { FacebookUser } from "./users.ts";
import type { FacebookSignedRequest } from "./signed-request-content.ts";

/**
 * Signs a request as Facebook does for the callbacks of deauthorization and data deletion.
 *
 * @see https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
 */
export function createSignedRequest(
  server: FacebookServer,
  request: FacebookSignedRequest,
): string {
  const checked = checkOptions<FacebookSignedRequest>("createSignedRequest()", request, RULES);
  const { user, payload = {}, flaw = "none", padded = false } = checked;
  const { id } = user === undefined ? (server.users[0] as FacebookUser) : server.requireUser(user);
  const encode = (bytes: Buffer | string): string => {
    const encoded = Buffer.from(bytes).toString("base64url");
    return padded ? encoded.padEnd(Math.ceil(encoded.length / 4) * 4, "=") : encoded;
  };
  const fields = {
    ...(flaw === "no-algorithm" ? {} : { algorithm: ALGORITHMS[flaw] ?? "HMAC-SHA256" }),
    issued_at: Math.floor(server.now() / 1000),
    user_id: id,
    ...payload,
  };
  const signed = encode(flaw === "not-json" ? "not JSON" : JSON.stringify(fields));
  const secret = flaw === "wrong-signature" ? "another secret" : server.clientSecret;
  const signature = encode(createHmac("sha256", secret).update(signed).digest());
  const sent =
    flaw === "tampered-payload" ? encode(JSON.stringify({ ...fields, user_id: "1" })) : signed;
  return `${signature}.${sent}`;
}

const RULES: Rules<FacebookSignedRequest> = {
  user: text,
  payload: plainObject,
  flaw: among(
    "none",
    "wrong-signature",
    "wrong-algorithm",
    "no-algorithm",
    "not-json",
    "tampered-payload",
  ),
  padded: among(true, false),
};

const ALGORITHMS: Readonly<Record<string, string>> = { "wrong-algorithm": "HMAC-SHA1" };

/** Posts a signed request to a callback of the application on this machine. */
export async function postSignedRequest(
  server: FacebookServer,
  url: string,
  request: FacebookSignedRequest,
): Promise<Response> {
  const body = new URLSearchParams({ signed_request: createSignedRequest(server, request) });
  return postToApplication(url, "signed requests", body);
}
