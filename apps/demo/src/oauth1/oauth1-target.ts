import type {
  BuiltInSignatureMethod,
  CredentialLookup,
  OAuth1Session,
  OAuth1SessionOptions,
  SignatureType,
} from "@grantkit/oauth1";
import type { Clock } from "@grantkit/core";
import type { FormValues } from "../flows/form-values.ts";
import type { AnyTarget } from "../targets/target.ts";

/** Opens a session that signs as the person chose. */
export type OAuth1Client = (
  options?: Pick<
    OAuth1SessionOptions,
    "callbackUri" | "requestToken" | "token" | "signatureType" | "onTokenUpdate"
  >,
) => Promise<OAuth1Session>;

/** A provider of OAuth 1.0a. */
export interface OAuth1Target extends AnyTarget {
  readonly protocol: "oauth1";
  /** The signature methods that the provider accepts, the default first. */
  readonly methods: readonly BuiltInSignatureMethod[];
  readonly placements: readonly SignatureType[];
  /** The API path of the user's own profile. */
  readonly profile: string;
  /** An API path that repeats what it was sent; undefined if there is none. */
  readonly echo?: string;
  /** A user whose password xAuth can use. */
  readonly sampleUser?: { readonly name: string; readonly password: string };
  readonly createClient: (values: FormValues) => OAuth1Client;
  /** Finds the app's credentials, to verify requests as a server does. */
  readonly lookup: CredentialLookup;
  /** The clock that requests are verified by. */
  readonly clock: Clock;
  /** How an app gets the provider, in Grantkit code. */
  readonly code: { readonly imported: string; readonly provider: string };
}
