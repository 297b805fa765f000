import { publish, publishError } from "@grantkit/core/requests";
import type { OAuth1Token } from "../token.ts";
import type { TokenRequest, TokenRequestContext } from "./token-requests.ts";

/** What a session asks of an endpoint that gives tokens. */
export interface TokenQuestion extends Pick<
  TokenRequest,
  "url" | "protocol" | "parameters" | "signal"
> {
  /** @defaultValue `"POST"` */
  readonly method: TokenRequest["method"] | undefined;
}

/** Asks for a request token (RFC 5849 §2.1), which comes with a word that the callback was understood. */
export async function askForRequestToken(
  context: TokenRequestContext,
  question: TokenQuestion,
): Promise<OAuth1Token> {
  return ask(context, {
    ...question,
    urlName: "requestTokenUrl",
    what: "the request token endpoint",
    isConfirmed: true,
  });
}

/** Asks for an access token (RFC 5849 §2.3), whatever for. */
export async function askForAccessToken(
  context: TokenRequestContext,
  question: TokenQuestion,
): Promise<OAuth1Token> {
  const { provider, clock } = context;
  const start = clock.now();
  const token = await ask(context, {
    ...question,
    urlName: "accessTokenUrl",
    what: "the access token endpoint",
    isConfirmed: false,
  });
  publish("grantkit:token", () => ({
    provider,
    grant: "oauth1_access_token",
    scope: undefined,
    expiresIn: token.expiresAt && (token.expiresAt.getTime() - clock.now()) / 1000,
    duration: clock.now() - start,
  }));
  return token;
}

interface Asked extends TokenQuestion, Pick<TokenRequest, "urlName" | "what"> {
  readonly isConfirmed: boolean;
}

async function ask(
  context: TokenRequestContext,
  { method = "POST", isConfirmed, ...request }: Asked,
): Promise<OAuth1Token> {
  try {
    const { checkConfirmed, fetchTokenReply } = await import("./token-requests.ts");
    const reply = await fetchTokenReply(context, { ...request, method });
    if (isConfirmed) checkConfirmed(context.provider, reply);
    return reply.token;
  } catch (error) {
    publishError(context.provider, error);
    throw error;
  }
}
