import type { OAuth1Token } from "@grantkit/oauth1";
import { ErrorPage } from "../error-page.ts";
import type { Visitor } from "../visitors.ts";
import type { OAuth1Target } from "./oauth1-target.ts";

/** Finds the token that the visitor holds for a target of OAuth 1.0a. */
export function heldOAuth1Token(
  { oauth1Tokens }: Visitor,
  { id, title }: OAuth1Target,
): OAuth1Token {
  const token = oauth1Tokens.get(id);
  if (token) return token;
  throw new ErrorPage(400, {
    title: "You hold no token",
    text: `First get a token from ${title}: sign in, for example.`,
    code: "NO_TOKEN",
  });
}
