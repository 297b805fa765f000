import type { Profile } from "@grantkit/core";
import type {
  OAuth1Session,
  OAuth1SessionOptions,
  BuiltInSignatureMethod,
  SignatureType,
} from "@grantkit/oauth1";
import type { ProviderCard } from "./demo-provider.ts";

/** How a visitor wants requests to be signed. */
export interface SigningChoice {
  readonly method: BuiltInSignatureMethod;
  readonly placement: SignatureType;
}

/** The session options that differ between requests. */
type SessionOptions = Pick<OAuth1SessionOptions, "callbackUri" | "requestToken" | "token"> & {
  /** Signs with a secret or a private key that is not the app's. */
  readonly wrongKey?: boolean | undefined;
};

/** An API request that has a button. */
export interface OAuth1Call {
  /** The name in forms. */
  readonly name: string;
  /** The text of the button and the title of the result. */
  readonly label: string;
  readonly wrongKey?: boolean;
  readonly send: (session: OAuth1Session) => Promise<{ readonly data: unknown }>;
}

/** An OAuth 1.0a provider. */
export interface OAuth1Demo extends ProviderCard {
  readonly name: "oauth1";
  /** The signature methods that the provider accepts, the default first. */
  readonly methods: readonly BuiltInSignatureMethod[];
  readonly placements: readonly SignatureType[];
  /** The URL of the consent page. */
  readonly authorizationUrl: string;
  readonly session: (choice: SigningChoice, options: SessionOptions) => Promise<OAuth1Session>;
  readonly profile: (session: OAuth1Session) => Promise<Profile>;
  readonly calls: readonly OAuth1Call[];
  /** The base string that the emulator computed for the last wrong signature with this token. */
  readonly baseString?: (tokenKey: string) => string | undefined;
}

/** Reads the signing choice of a form; anything that the provider does not accept becomes the default. */
export function choiceOf(
  { methods, placements }: OAuth1Demo,
  form: Readonly<Record<string, unknown>>,
): SigningChoice {
  return {
    method: methods.find((method) => method === form["method"]) ?? methods[0] ?? "HMAC-SHA1",
    placement: placements.find((placement) => placement === form["placement"]) ?? "header",
  };
}
