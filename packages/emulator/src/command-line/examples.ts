import { TRIAL_PATH } from "../oauth1/authorization.ts";
import type { ShownEmulator } from "./shown-emulator.ts";

/** Makes the URL that a person opens to try an emulator. It leads back to the redirect URI. */
export type ExampleUrl = (emulator: ShownEmulator, redirectUri: string) => string;

/** The URL of an OAuth 2.0 authorization request with this scope. */
export function oauth2Example(scope: string): ExampleUrl {
  return ({ clientId, endpoints }, redirectUri) => {
    const url = new URL(endpoints.authorization);
    url.search = new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: "code",
      scope,
      state: "example",
    }).toString();
    return url.href;
  };
}

/** The URL of a page that asks for the request token itself: a person can sign none. */
export const oauth1Example: ExampleUrl = ({ origin }, redirectUri) => {
  const url = new URL(TRIAL_PATH, origin);
  url.search = new URLSearchParams({ oauth_callback: redirectUri }).toString();
  return url.href;
};
