import type { OAuth1Token } from "@grantkit/oauth1";
import { ErrorPage } from "../error-page.ts";
import type { Flow } from "../flows/flow.ts";
import { oauth1Program } from "./oauth1-code.ts";
import type { OAuth1Target } from "./oauth1-target.ts";
import { signedIn } from "./signed-in.ts";
import { signingFields } from "./signing-fields.ts";

/** The sign-in without a callback: the provider shows a PIN, and the user types it (RFC 5849 §2.1, `oob`). */
export const oauth1Pin: Flow<OAuth1Target> = {
  protocol: "oauth1",
  id: "oauth1-pin",
  title: "Sign in with a PIN",
  group: "Get a token",
  teaser:
    "For an app without a callback URL: the provider shows a PIN, which is the verifier (oauth_callback=oob, RFC 5849 §2.1).",
  button: () => "Continue",
  fields: (target) => [
    ...signingFields(target),
    {
      name: "pin",
      label: "PIN",
      hint: "Leave it empty to get a link to the provider. Then type the PIN that its page shows.",
      kind: "text",
    },
  ],
  run: async (context) => {
    const { client, target, values, visitor } = context;
    const pin = values.text("pin");
    if (pin !== undefined) {
      const requestToken = awaited(visitor.pins.get(target.id));
      const session = await client({ requestToken });
      const token = await session.fetchAccessToken({ verifier: pin });
      visitor.pins.delete(target.id);
      return signedIn(context, token);
    }
    const session = await client({ callbackUri: "oob" });
    visitor.pins.set(target.id, await session.fetchRequestToken());
    return {
      title: "Now get the PIN",
      text: "Allow access in the other tab. Then type the PIN into the form, and press Continue again.",
      link: { url: session.authorizationUrl(), label: `Ask ${target.title} for a PIN` },
    };
  },
  code: (target, values) =>
    oauth1Program(target, values, {
      lines: `
const session = new OAuth1Session({ ...app, callbackUri: "oob" });
await session.fetchRequestToken();
console.log(session.authorizationUrl());
// When the user has typed the PIN:
export const signIn = (pin: string) => session.fetchAccessToken({ verifier: pin });`,
    }),
};

function awaited(requestToken: OAuth1Token | undefined): OAuth1Token {
  if (requestToken) return requestToken;
  throw new ErrorPage(400, {
    title: "No PIN is awaited",
    text: "Leave the field PIN empty first, and open the link to the provider.",
    code: "NO_PIN",
  });
}
