import type { IncomingMessage, ServerResponse } from "node:http";
import type { IssuedToken, Provider } from "oidc-provider";

/** Answers the local server's API: what it knows about the token that came with the request (RFC 6750). */
export async function answerApi(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = tokenIn(request);
  const token =
    (await provider.AccessToken.find(text)) ?? (await provider.ClientCredentials.find(text));
  response.setHeader("content-type", "application/json");
  if (token?.isValid === true) {
    response.end(JSON.stringify(whatIsKnown(token)));
    return;
  }
  response.statusCode = 401;
  response.setHeader("www-authenticate", 'Bearer error="invalid_token"');
  response.end(JSON.stringify({ error: "invalid_token" }));
}

function tokenIn({ headers, url = "/" }: IncomingMessage): string {
  const header = /^(?:Bearer|DPoP)\s+(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  return header ?? new URL(url, "http://localhost").searchParams.get("access_token") ?? "";
}

function whatIsKnown({ accountId, clientId, scope, aud, rar, jkt }: IssuedToken): object {
  return {
    user: accountId ?? null,
    client: clientId,
    scope: scope?.split(" ") ?? [],
    // JSON leaves out what is undefined.
    audience: aud,
    authorization_details: rar,
    bound_to_key: jkt,
  };
}
