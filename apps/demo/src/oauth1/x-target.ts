import { systemClock, x } from "@grantkit/oauth1";
import type { Opening } from "../targets/open-targets.ts";
import { oauth1Client, WRONG_SECRET } from "./oauth1-client.ts";
import { oauth1Mistakes } from "./oauth1-faults.ts";
import type { OAuth1Target } from "./oauth1-target.ts";

const ACCEPTED = { methods: ["HMAC-SHA1"], placements: ["header"] } as const;

/** Opens X, which accepts HMAC-SHA1 in the header only. */
export function xTarget(
  opening: Opening,
  registered: { readonly clientKey: string; readonly clientSecret: string },
): OAuth1Target {
  const { clientKey, clientSecret } = registered;
  const provider = x();
  const app = { ...opening.shared, provider, clientKey };
  return {
    protocol: "oauth1",
    id: "oauth1",
    title: "X",
    kind: "real provider",
    teaser: "OAuth 1.0a: every request is signed.",
    authorizationOrigins: [new URL(provider.endpoints.authorization).origin],
    ...ACCEPTED,
    callbackUrl: `${opening.publicUrl}/callback/oauth1`,
    profile: "/2/users/me?user.fields=profile_image_url",
    without: {
      "oauth1-two-legged": "X wants a user's token with every request that is signed.",
      "oauth1-xauth": "X no longer offers xAuth.",
      "oauth1-renewal": "X's tokens do not expire, so it sends no session handle.",
    },
    faults: oauth1Mistakes,
    createClient: (values) =>
      oauth1Client(
        app,
        (_method, isWrong) =>
          Promise.resolve({ clientSecret: isWrong ? WRONG_SECRET : clientSecret }),
        ACCEPTED,
        values,
      ),
    clock: opening.shared.clock ?? systemClock,
    lookup: (key) => (key === clientKey ? { clientSecret } : undefined),
    code: { imported: "x", provider: "x()" },
  };
}
