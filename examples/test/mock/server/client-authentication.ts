import { APP } from "./app.ts";
import type { Call, ProviderFacts, Refusal } from "./facts.ts";

/** What an OAuth endpoint refuses about the client and the form of its request (RFC 6749 §2.3.1). */
export async function refuseClient(
  facts: ProviderFacts,
  call: Call,
  now: number,
): Promise<Refusal | undefined> {
  const { contentType, authentication } = facts;
  if (contentType !== undefined && call.headers["content-type"] !== contentType) {
    const description = `The content type must be ${contentType}`;
    return { status: 400, error: "invalid_request", description };
  }
  const refusal = await facts.refuseClient?.(call, now);
  if (refusal || authentication.includes("jwt")) return refusal;
  if (authentication.includes(usedMethod(facts, call) as "basic")) return undefined;
  return { status: 401, error: "invalid_client", description: "Client authentication failed" };
}

/** The method with which a request authenticates the client; undefined if its credentials are wrong. */
function usedMethod(
  { clientId = "client_id" }: ProviderFacts,
  { headers, fields }: Call,
): "basic" | "post" | undefined {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const credentials = [APP.clientId, APP.clientSecret].map(encodeURIComponent).join(":");
    const isRight = authorization === `Basic ${btoa(credentials)}`;
    // RFC 6749 §2.3 forbids a second method in one request.
    return isRight && fields["client_secret"] === undefined ? "basic" : undefined;
  }
  const isRight = fields[clientId] === APP.clientId && fields["client_secret"] === APP.clientSecret;
  return isRight ? "post" : undefined;
}
