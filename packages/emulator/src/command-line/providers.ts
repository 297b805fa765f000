import { facebook } from "../facebook/emulator.ts";
import { github } from "../github/emulator.ts";
import { google } from "../google/emulator.ts";
import { microsoft } from "../microsoft/emulator.ts";
import { withQuery } from "../oauth/responses.ts";
import { TRIAL_PATH } from "../oauth1/authorization.ts";
import { oauth1 } from "../oauth1/emulator.ts";
import type { Switch } from "../server/switches.ts";

/** The part of a running emulator that the command line shows. */
export interface ShownEmulator {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly endpoints: { readonly authorization: string };
  readonly users: readonly object[];
  close(): Promise<void>;
}

/** A provider that the command line can start. */
export interface CommandLineProvider {
  readonly start: (options: Record<string, unknown>) => Promise<ShownEmulator>;
  readonly switches: Readonly<Record<string, Switch<unknown>>>;
  /** URLs by name to print among the endpoints. */
  readonly otherUrls: (origin: string) => Readonly<Record<string, string>>;
  /** Options whose value is read from a file, with their text for `--help`. */
  readonly fileOptions?: Readonly<Record<string, string>>;
  /** Makes the URL that a person opens to try the emulator. It leads back to the redirect URI. */
  readonly exampleUrl: (emulator: ShownEmulator, redirectUri: string) => string;
}

/** The providers by the name on the command line. */
export const providers: Readonly<Record<string, CommandLineProvider>> = {
  google: { ...google, exampleUrl: oauth2Example("openid email profile") },
  github: { ...github, exampleUrl: oauth2Example("read:user user:email") },
  facebook: { ...facebook, exampleUrl: oauth2Example("public_profile,email") },
  microsoft: { ...microsoft, exampleUrl: oauth2Example("openid profile email") },
  oauth1: {
    ...oauth1,
    fileOptions: {
      publicKey: "RSA public key of the application, for the RSA methods: PEM or JWK",
    },
    // A person cannot sign a request for a request token; this page needs none.
    exampleUrl: ({ origin }, redirectUri) =>
      withQuery(origin + TRIAL_PATH, { oauth_callback: redirectUri }),
  },
};

function oauth2Example(scope: string): CommandLineProvider["exampleUrl"] {
  return ({ clientId, endpoints }, redirectUri) =>
    withQuery(endpoints.authorization, {
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: "code",
      scope,
      state: "example",
    });
}
