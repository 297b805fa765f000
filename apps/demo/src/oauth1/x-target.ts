import { systemClock, x } from "@grantkit/oauth1";
import { FormValues } from "../flows/form-values.ts";
import type { Opening } from "../targets/open-targets.ts";
import type { Registration } from "../targets/target.ts";
import { oauth1Client, WRONG_SECRET } from "./oauth1-client.ts";
import { oauth1Mistakes } from "./oauth1-faults.ts";
import type { OAuth1Target } from "./oauth1-target.ts";

/** What X documents: https://docs.x.com/fundamentals/authentication/oauth-1-0a/authorizing-a-request */
const ACCEPTED = { methods: ["HMAC-SHA1"], placements: ["header"] } as const;

/** The app at X, in the words of X: API key and secret. */
interface XApp {
  readonly clientKey: string;
  readonly clientSecret: string;
}

/** Opens X, by default in the place of the emulator. */
export function xTarget(opening: Opening, app: XApp, id = "oauth1"): OAuth1Target {
  const { clientKey, clientSecret } = app;
  const provider = x();
  return {
    protocol: "oauth1",
    id,
    title: "X",
    kind: "real provider",
    teaser: "OAuth 1.0a: every request is signed.",
    authorizationOrigins: [new URL(provider.endpoints.authorization).origin],
    ...ACCEPTED,
    callbackUrl: `${opening.publicUrl}/callback/${id}`,
    profile: "/2/users/me?user.fields=profile_image_url",
    without: {
      // https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only
      "oauth1-two-legged":
        "X takes signed requests for a user only: an app acts for itself with a bearer token of OAuth 2.0.",
      // https://twittercommunity.com/t/retirement-of-xauth/88022
      "oauth1-xauth": "X removed xAuth in 2017.",
      // https://docs.x.com/fundamentals/authentication/faq
      "oauth1-renewal":
        "X's access tokens do not expire, so there is nothing to refresh: they end when the user or X revokes them.",
    },
    faults: oauth1Mistakes,
    registration: xRegistration(opening),
    createClient: (values) =>
      oauth1Client(
        { ...opening.shared, provider, clientKey },
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

/** How a person uses X with an app of their own. */
export function xRegistration(opening: Opening): Registration {
  const id = "real-x";
  return {
    provider: "X",
    needsSecret: true,
    isMissing: false,
    callbackUrl: `${opening.publicUrl}/callback/${id}`,
    open: async ({ clientId, clientSecret = "" }) => {
      const target = xTarget(opening, { clientKey: clientId, clientSecret }, id);
      // A session lists what is wrong with the app.
      await target.createClient(new FormValues())();
      return { target: { ...target, typed: true }, elsewhere: [] };
    },
  };
}
