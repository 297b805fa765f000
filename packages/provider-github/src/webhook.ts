import { ConfigurationError, OAuthError } from "@grantkit/core";
import {
  headerOf,
  hmacSha256,
  isFilledText,
  isObject,
  matches,
  readBytes,
  readText,
  sameSecret,
} from "@grantkit/core/requests";

/** A webhook delivery whose signature was verified. */
export interface GitHubWebhook<Payload = any> {
  /** The event: `"push"`, `"installation"`, `"github_app_authorization"`, …. */
  readonly event: string;
  /** The delivery's ID. GitHub sends the same one when it delivers again: process each only once. */
  readonly deliveryId: string;
  /** The webhook's ID. */
  readonly hookId: string | undefined;
  /** The payload; nothing checks it beyond the signature. */
  readonly payload: Payload;
}

/** A webhook delivery where it is no web-standard `Request`: its headers, and its body as it arrived. */
export interface RawDelivery {
  /** The headers: of Node's request, or the platform's `Headers`. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The raw body: bytes, or text. A body that was parsed and written again has another signature. */
  readonly body: Uint8Array | string;
}

/** Bytes: GitHub sends no larger payload. */
const LARGEST = 25 * 1024 * 1024;

/**
 * Verifies the signature of a webhook delivery, and reads it (`X-Hub-Signature-256`: HMAC-SHA256 of the raw body). The
 * comparison takes constant time. The older `X-Hub-Signature` (SHA-1) is not accepted.
 *
 * @param delivery - The request as it arrived: a `Request`, whose body this reads, or its headers and its raw body.
 * @param secrets - The webhook's secret; or several, while you replace one by the next.
 * @throws OAuthError: `SIGNATURE_INVALID`, whose `details.check` is `"missing"`, `"malformed"` or `"mismatch"` (answer with
 * 401); `CALLBACK_INVALID` for a delivery that is signed, but cannot be read, or is larger than 25 MB (answer with 400);
 * `CONFIGURATION_INVALID` without a secret.
 * @see https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
 *
 * @example
 * ```ts
 * import { verifyWebhook } from "@grantkit/provider-github";
 *
 * export async function webhook(request: Request): Promise<Response> {
 *   const { event, payload } = await verifyWebhook(request, process.env["WEBHOOK_SECRET"] ?? "");
 *   if (event === "issues") console.log(payload.action);
 *   return new Response(null, { status: 204 });
 * }
 * ```
 */
export async function verifyWebhook<Payload = any>(
  delivery: Request | RawDelivery,
  secrets: string | readonly string[],
): Promise<GitHubWebhook<Payload>> {
  const keys = checkedSecrets(secrets);
  if (!isObject(delivery) || !isObject(delivery.headers)) {
    throw misused("the first argument must be a Request, or { headers, body }");
  }
  const signature = signatureOf(headerOf(delivery, "x-hub-signature-256"));
  const body = await rawBody(delivery);
  let isSigned = false;
  for (const key of keys) {
    isSigned ||= sameSecret(await hmacSha256(key, body, "hex"), signature);
  }
  if (!isSigned) throw unsigned("mismatch");
  const event = headerOf(delivery, "x-github-event");
  const deliveryId = headerOf(delivery, "x-github-delivery");
  if (!event || !deliveryId) throw unreadable("it has no X-GitHub-Event or X-GitHub-Delivery");
  const payload = payloadOf(body, headerOf(delivery, "content-type")) as Payload;
  return { event, deliveryId, hookId: readText(headerOf(delivery, "x-github-hook-id")), payload };
}

function checkedSecrets(secrets: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(secrets) ? secrets : [secrets];
  if (list.length > 0 && list.every(isFilledText)) return list;
  throw misused("a secret is missing or empty (is the environment variable set?)");
}

const isSignature = matches(/^sha256=[0-9a-f]{64}$/i);

/** @throws OAuthError unless it is 64 hex digits. */
function signatureOf(header: string): string {
  if (header === "") throw unsigned("missing");
  if (!isSignature(header)) throw unsigned("malformed");
  return header.slice("sha256=".length).toLowerCase();
}

function rawBody(delivery: Request | RawDelivery): Promise<Uint8Array> | Uint8Array | string {
  const { body } = delivery;
  if (typeof body === "string" || body instanceof Uint8Array) {
    if (isTooLarge(body)) throw unreadable(TOO_LARGE);
    return body;
  }
  if ("arrayBuffer" in delivery) return bodyOf(delivery);
  throw misused(
    "body must be the raw body, bytes or text, and not what a parser made of it: another text has another signature",
  );
}

function isTooLarge(body: string | Uint8Array): boolean {
  // A character is at most three bytes: only a text that may be too large is encoded.
  const isCounted = typeof body !== "string" || body.length * 3 <= LARGEST;
  return (isCounted ? body : new TextEncoder().encode(body)).length > LARGEST;
}

/** Reads the body of a request, and stops where it is too large: its sender is not known yet. */
async function bodyOf(request: Request): Promise<Uint8Array> {
  if (request.bodyUsed || request.body?.locked === true) {
    throw unreadable("its body was read before: pass the raw body");
  }
  if (Number(request.headers.get("content-length")) > LARGEST) throw unreadable(TOO_LARGE);
  const stream = request.body ?? new Blob([]).stream();
  const body = await readBytes(stream, LARGEST).catch(() => {
    throw unreadable("its body broke off");
  });
  if (!body) throw unreadable(TOO_LARGE);
  return body;
}

const TOO_LARGE = "it is larger than 25 MB, and GitHub sends no such payload";

// Not fatal, which takes three times as long: the signature shows that the bytes are those that GitHub sent.
const utf8 = new TextDecoder();

/** Reads the JSON, which a webhook of the content type "form" has in the field `payload`. */
function payloadOf(body: Uint8Array | string, contentType: string): object {
  try {
    const text = typeof body === "string" ? body : utf8.decode(body);
    const isForm = contentType.startsWith("application/x-www-form-urlencoded");
    const json = isForm ? new URLSearchParams(text).get("payload") : text;
    const payload: unknown = JSON.parse(json ?? "");
    if (isObject(payload) && !Array.isArray(payload)) return payload;
  } catch {
    // The parser's message would quote the payload.
  }
  throw unreadable("its payload is no JSON object");
}

function misused(problem: string): ConfigurationError {
  return new ConfigurationError("verifyWebhook()", [problem], "github");
}

const CHECKS = {
  missing: "is missing. Set a secret in the webhook's settings.",
  malformed: "is malformed.",
  mismatch:
    "is wrong: it was sent by somebody else, the secret is another one, or the body is not the raw one.",
};

function unsigned(check: keyof typeof CHECKS): OAuthError {
  const message = `The signature of the webhook delivery (X-Hub-Signature-256) ${CHECKS[check]} Answer with 401.`;
  return new OAuthError("SIGNATURE_INVALID", message, { provider: "github", details: { check } });
}

function unreadable(why: string): OAuthError {
  const message = `The webhook delivery cannot be read: ${why}. Answer with 400.`;
  return new OAuthError("CALLBACK_INVALID", message, { provider: "github" });
}
