import type { OAuth1Token } from "@grantkit/oauth1";
import type { FlowContext, Outcome } from "../flows/flow.ts";
import type { OAuth1Target } from "./oauth1-target.ts";
import { signingChoice } from "./signing-fields.ts";

/** What came of a sign-in: the token, and the profile that it can read. */
export async function signedIn(
  { target, client, values }: FlowContext<OAuth1Target>,
  token: OAuth1Token,
): Promise<Outcome> {
  const { placement } = signingChoice(target, values);
  // A GET has no form for the signature.
  const session = await client({
    token,
    signatureType: placement === "body" ? "header" : placement,
  });
  const { data } = await session.get<unknown>(target.profile);
  return { title: "Signed in", oauth1Token: token, data: { profile: data } };
}
