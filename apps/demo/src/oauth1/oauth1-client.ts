import type { Clock } from "@grantkit/core";
import {
  type BuiltInSignatureMethod,
  OAuth1Session,
  type OAuth1SessionOptions,
  systemClock,
} from "@grantkit/oauth1";
import type { FormValues } from "../flows/form-values.ts";
import type { OAuth1Client, OAuth1Target } from "./oauth1-target.ts";
import { signingChoice } from "./signing-fields.ts";

/** What an app has of its registration. */
export type App = Pick<
  OAuth1SessionOptions,
  "provider" | "clientKey" | "http" | "clock" | "forceIncludeBody"
>;

/** The secret or the private key to sign with: the app's own, or a wrong one. */
export type SigningKeys = (
  method: BuiltInSignatureMethod,
  isWrong: boolean,
) => Promise<Pick<OAuth1SessionOptions, "clientSecret" | "privateKey">>;

export const WRONG_SECRET = "not-the-secret-of-this-app";

/** Makes a client that signs as the form says, with what the chosen fault makes wrong. */
export function oauth1Client(
  app: App,
  keys: SigningKeys,
  accepted: Pick<OAuth1Target, "methods" | "placements">,
  values: FormValues,
): OAuth1Client {
  const { method, placement } = signingChoice(accepted, values);
  const fault = values.text("fault");
  const clock = app.clock ?? systemClock;
  return async (options) =>
    new OAuth1Session({
      ...app,
      clock: fault === "clock-ahead" ? twoHoursAhead(clock) : clock,
      signatureMethod: method,
      signatureType: placement,
      ...(await keys(method, fault === "wrong-secret")),
      ...options,
    });
}

function twoHoursAhead(clock: Clock): Clock {
  return {
    now: () => clock.now() + 2 * 60 * 60_000,
    after: (...timer) => clock.after(...timer),
  };
}
