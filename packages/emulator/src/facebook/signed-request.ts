import { createHmac } from "node:crypto";
import { postToApplication } from "../server/post-to-application.ts";
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
  { user, payload = {}, flaw = "none", padded = false }: FacebookSignedRequest,
): string {
  const { id } = user === undefined ? (server.users[0] as FacebookUser) : server.requireUser(user);
  const encode = (bytes: Buffer | string): string => {
    const text = Buffer.from(bytes).toString("base64url");
    return padded ? text.padEnd(Math.ceil(text.length / 4) * 4, "=") : text;
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
