import type { FacebookSwitches } from "../facebook/options.ts";
import type { GitHubSwitches } from "../github/options.ts";
import type { GoogleSwitches } from "../google/options.ts";
import type { OAuth1Switches } from "../oauth1/options.ts";

// The compiler asks for a text for each switch that is on or off, and for no other.
type OnOffTexts<Switches> = {
  readonly [
    Name in keyof Switches as boolean extends Switches[Name]
      ? Switches[Name] extends boolean
        ? Name
        : never
      : never
  ]: string;
};

/** What Google's switches do when they are on. */
export const googleOnOffTexts: OnOffTexts<GoogleSwitches> = {
  testingMode: "refresh tokens die after 7 days",
  queryTokens: "APIs take ?access_token= too",
};

/** What GitHub's switches do when they are on. */
export const githubOnOffTexts: OnOffTexts<GitHubSwitches> = {
  enterpriseServer: "proof keys (PKCE) are ignored",
  deviceFlow: "the app may use the device flow",
  redirectWildcard: "redirect URIs also stand for sub-domains and paths below",
  allowUnverifiedEmail: "users without a verified address get tokens",
  emailPermission: "a GitHub App may list addresses",
};

/** What Facebook's switches do when they are on. */
export const facebookOnOffTexts: OnOffTexts<FacebookSwitches> = {
  requireAppSecretProof: "API calls need an appsecret_proof",
};

/** What the switches of OAuth 1.0a do when they are on. */
export const oauth1OnOffTexts: OnOffTexts<OAuth1Switches> = {
  callbackVerifier: "the callback has an oauth_verifier",
  xAuth: "passwords can be exchanged for tokens",
  renewal: "tokens expire and are renewed with a session handle",
  plaintext: "the signature method PLAINTEXT is taken",
  requireBodyHash: "bodies that are no forms need an oauth_body_hash",
  requireRealm: "the Authorization header must name the realm",
};
