import type { Token } from "@grantkit/core";
import { ErrorPage } from "../error-page.ts";
import type { Target } from "../targets/target.ts";
import type { TokenUpdate } from "../token-life/token-updates.ts";
import type { Visitor } from "../visitors.ts";

/** A token that the visitor holds. */
export interface HeldToken {
  readonly token: Token;
  /** What `onTokenUpdate` was told since the visitor got the first token, in order. */
  readonly updates?: readonly TokenUpdate[];
}

/** Finds the token that the visitor holds for a target. */
export function heldToken({ tokens }: Visitor, { id, title }: Target): HeldToken {
  const held = tokens.get(id);
  if (held) return held;
  throw new ErrorPage(400, {
    title: "You hold no token",
    text: `First get a token from ${title}: sign in, for example.`,
    code: "NO_TOKEN",
  });
}
