import type { Flow } from "../flows/flow.ts";
import { oauth1Program } from "./oauth1-code.ts";
import type { OAuth1Target } from "./oauth1-target.ts";
import { signedIn } from "./signed-in.ts";
import { signingFields } from "./signing-fields.ts";

/** The sign-in by redirect, in three steps (RFC 5849 §2). */
export const oauth1SignIn: Flow<OAuth1Target> = {
  protocol: "oauth1",
  id: "oauth1-sign-in",
  title: "Sign in",
  group: "Get a token",
  teaser: "A request token, the user's consent, and an access token (RFC 5849 §2).",
  button: ({ title }) => `Sign in with ${title}`,
  fields: signingFields,
  run: async (context) => {
    const { client, target } = context;
    const session = await client({ callbackUri: target.callbackUrl });
    const requestToken = await session.fetchRequestToken();
    return {
      url: session.authorizationUrl(),
      key: requestToken.key,
      finish: async (callback) => {
        const back = await client({ requestToken });
        back.parseAuthorizationResponse(callback);
        return signedIn(context, await back.fetchAccessToken());
      },
    };
  },
  code: (target, values) =>
    oauth1Program(target, values, {
      imports: ["type OAuth1Token"],
      lines: `
// 1. Send the browser to the URL, and store the request token in the user's session.
export async function signIn() {
  const session = new OAuth1Session({ ...app, callbackUri: "https://app.example.com/callback" });
  const requestToken = await session.fetchRequestToken();
  return { url: session.authorizationUrl(), requestToken };
}

// 2. In the callback:
export async function callback(url: string, requestToken: OAuth1Token) {
  const session = new OAuth1Session({ ...app, requestToken });
  session.parseAuthorizationResponse(url);
  return session.fetchAccessToken();
}`,
    }),
};
