import { createHmac, randomUUID } from "node:crypto";
import { postToApplication } from "../server/post-to-application.ts";
import type { GitHubServer } from "./server.ts";
import type { GitHubDelivery } from "./webhook-delivery.ts";

const HOOK_ID = "440000001";

/**
 * Delivers a webhook to an endpoint of the application on this machine. A payload that is a string is sent as it is.
 *
 * @see https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
 */
export async function deliverWebhook(
  server: GitHubServer,
  url: string,
  event: string,
  payload: unknown,
  { signature = "valid", contentType = "json", secret, delivery = randomUUID() }: GitHubDelivery,
): Promise<Response> {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const isForm = contentType === "form";
  const body = isForm ? new URLSearchParams({ payload: text }).toString() : text;
  const key = signature === "wrong" ? "another secret" : (secret ?? server.webhookSecret);
  // One more byte than was signed: still the same JSON.
  const sent = signature === "of-another-body" ? `${body} ` : body;
  return postToApplication(url, "webhooks", sent, {
    "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
    "user-agent": "GitHub-Hookshot/emulator",
    accept: "*/*",
    "x-github-event": event,
    "x-github-delivery": delivery,
    "x-github-hook-id": HOOK_ID,
    "x-github-hook-installation-target-id": String(server.appId),
    "x-github-hook-installation-target-type": "integration",
    ...signatureHeaders(signature, key, body),
  });
}

function signatureHeaders(
  signature: NonNullable<GitHubDelivery["signature"]>,
  key: string,
  body: string,
): Record<string, string> {
  if (signature === "absent") return {};
  const signed = (algorithm: "sha1" | "sha256"): string =>
    `${algorithm}=${createHmac(algorithm, key).update(body).digest("hex")}`;
  const older = { "x-hub-signature": signed("sha1") };
  return signature === "sha1-only" ? older : { ...older, "x-hub-signature-256": signed("sha256") };
}
