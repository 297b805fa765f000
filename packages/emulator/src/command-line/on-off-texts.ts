import type { FacebookSwitches } from "../facebook/options.ts";
import type { GitHubSwitches } from "../github/options.ts";
import type { GoogleSwitches } from "../google/options.ts";

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
