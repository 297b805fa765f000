import type { Profile } from "@grantkit/core";
import type {
  OAuth1Session,
  OAuth1SessionOptions,
  BuiltInSignatureMethod,
  SignatureType,
} from "@grantkit/oauth1";

/** How a visitor wants requests to be signed. */
export interface SigningChoice {
  readonly method: BuiltInSignatureMethod;
  readonly placement: SignatureType;
}

/** What differs from one session to the next. */
type SessionOptions = Pick<OAuth1SessionOptions, "callbackUri" | "requestToken" | "token"> & {
  /** Signs with a secret, or a private key, that is not the app's. */
  readonly wrongKey?: boolean | undefined;
};

/** A request to the API that there is a button for. */
export interface OAuth1Call {
  /** In forms. */
  readonly name: string;
  /** On its button, and above its answer. */
  readonly label: string;
  readonly wrongKey?: boolean;
  readonly send: (session: OAuth1Session) => Promise<{ readonly data: unknown }>;
}

/** A provider of OAuth 1.0a as the demo shows it. */
export interface OAuth1Demo {
  /** In URLs. */
  readonly name: "oauth1";
  readonly title: string;
  /** In place of a logo. */
  readonly mark: string;
  /** One line on what there is to see. */
  readonly teaser: string;
  /** What it takes, the usual first. */
  readonly methods: readonly BuiltInSignatureMethod[];
  readonly placements: readonly SignatureType[];
  /** Where signing in leads to. */
  readonly authorizationOrigin: string;
  readonly session: (choice: SigningChoice, options: SessionOptions) => Promise<OAuth1Session>;
  readonly profile: (session: OAuth1Session) => Promise<Profile>;
  readonly calls: readonly OAuth1Call[];
  /** What the server put together for the last signature of this token that did not fit; an emulator tells. */
  readonly baseString?: (tokenKey: string) => string | undefined;
  /** What no e-mail address means. */
  readonly noEmail: string;
  /** The emulator's origin; undefined for the real provider. */
  readonly emulator: string | undefined;
}

/** What a form says, as far as the provider has it. */
export function choiceOf(
  { methods, placements }: OAuth1Demo,
  form: Readonly<Record<string, unknown>>,
): SigningChoice {
  return {
    method: methods.find((method) => method === form["method"]) ?? methods[0] ?? "HMAC-SHA1",
    placement: placements.find((placement) => placement === form["placement"]) ?? "header",
  };
}
