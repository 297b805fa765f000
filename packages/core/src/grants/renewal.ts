import type { ClientContext } from "../client-context.ts";
import type { Token } from "../tokens/token.ts";

/** Gets a new token in the place of another without the user: by its refresh token, or by the grant that it came from. */
export async function renewToken(
  context: ClientContext,
  token: Token,
  beforeSend: (() => Promise<void>) | undefined,
): Promise<Token> {
  if (token.refreshToken !== undefined || token.renewal === undefined) {
    const { exchangeRefreshToken } = await import("./refresh-token.ts");
    return exchangeRefreshToken(context, token, { beforeSend });
  }
  const { fetchClientCredentials } = await import("./client-credentials.ts");
  await beforeSend?.();
  const { resource, ...parameters } = token.renewal.parameters ?? {};
  return fetchClientCredentials(context, {
    scope: token.requestedScope,
    ...(resource !== undefined && { resource }),
    parameters,
  });
}
