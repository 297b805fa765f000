import type { SigningKey } from "@grantkit/core";
import type { GoogleServiceAccount } from "@grantkit/provider-google";
import type { Exchange } from "../exchanges/exchange-log.ts";
import type { FormValues } from "../flows/form-values.ts";
import type { Arrived } from "../flows/token-placement.ts";
import type { ClientFactory, ClientRecipe } from "./client-recipe.ts";
import type { ClientChange, Fault } from "./fault.ts";
import type { ImplicitType } from "./implicit-types.ts";

/** What answers at the other end. */
type TargetKind =
  "emulator" | "real provider" | "local server" | "issuer" | "definition" | "example";

/** What an app has from its registration with a provider. */
export interface TypedCredentials {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** What else the provider needs to know: see {@link Registration}. */
  readonly parameter: string | undefined;
}

/** A target that the person typed in. */
export interface TypedTarget {
  readonly target: AnyTarget;
  /** Endpoints on other servers than the one that was typed in, which the person has to confirm. */
  readonly elsewhere: readonly { readonly endpoint: string; readonly url: string }[];
  /** What went over the wire to find its metadata. */
  readonly discovery?: readonly Exchange[];
}

/** How a person's own app becomes a target. */
export interface Registration {
  /** The provider that the app is registered with, where it is another than the target: X, for the emulator. */
  readonly provider?: string;
  /** Whether an app without a secret is none: in OAuth 1.0a the secret signs. */
  readonly needsSecret?: boolean;
  /** Whether the target has no client ID before. */
  readonly isMissing: boolean;
  /** The callback URL to register. */
  readonly callbackUrl: string;
  /** A value of the provider beside the credentials, for example the shop. */
  readonly parameter?: {
    readonly label: string;
    readonly initial?: string;
    readonly example?: string;
    /** The option of the example's function; by default its only argument. */
    readonly option?: string;
  };
  readonly open: (typed: TypedCredentials) => TypedTarget | Promise<TypedTarget>;
}

/** How a sign-in gets a refresh token, where that takes more than the form has at first. */
export interface OfflineAccess {
  /** What the provider does without it, as a sentence. */
  readonly why: string;
  /** What the form of the sign-in has then, by the names of its fields; `scope` is added to. */
  readonly values: Readonly<Record<string, string>>;
}

/** A provider of either protocol, as the playground offers it. */
export interface AnyTarget {
  /** OAuth 2.0 if undefined. */
  readonly protocol?: "oauth1";
  /** The name in URLs and of the callback: `/callback/<id>`. */
  readonly id: string;
  readonly title: string;
  readonly kind: TargetKind;
  /** One line on what there is to see. */
  readonly teaser: string;
  /** The emulator's origin, whose pictures the page may show. */
  readonly origin?: string | undefined;
  /** Where the browser is sent, which the page's security policy has to allow. */
  readonly authorizationOrigins: readonly string[];
  /** Where the provider sends the browser back to, as registered with it. */
  readonly callbackUrl: string;
  /** Why a flow does not work here, by the flow's ID. Flows that are absent work. */
  readonly without: Readonly<Record<string, string | undefined>>;
  /** Makes a client with what the person typed in, or with what the target has, and then with what a fault changes. */
  readonly createClient: (values: FormValues, change?: ClientChange) => unknown;
  /** Whether it knows the certificate of the page's server. */
  readonly takesCertificate?: boolean;
  /** The target whose mark this one has; its own by default. */
  readonly mark?: string;
  /** Whether the person typed it in, and can remove it. */
  readonly typed?: boolean;
  /** What the page says about it: names and values. */
  readonly facts?: readonly (readonly [name: string, value: string])[];
  /** The server's metadata, as JSON. */
  readonly metadata?: string;
  /** What the person can type in to use the provider with an app of their own. */
  readonly registration?: Registration;
  readonly offlineAccess?: OfflineAccess | undefined;
  /** What can be made to go wrong. */
  readonly faults: readonly Fault[];
  /** What the emulator signed for a request whose signature it refused; undefined for any other request. */
  readonly baseStringOf?: (exchange: Exchange) => string | undefined;
}

/** A provider of OAuth 2.0. */
export interface Target extends AnyTarget {
  readonly protocol?: never;
  /** Scopes that the form suggests; those of a sign-in are `defaultScopes`. */
  readonly scopes: readonly string[];
  readonly defaultScopes: readonly string[];
  /** An API path or URL that a user's token can read. */
  readonly sample: string;
  /** What else the forms begin with. */
  readonly samples?: Samples;
  readonly createClient: ClientFactory;
  /** What its clients are made of. */
  readonly recipe: ClientRecipe;
  /** The last request that the emulator received with this access token. */
  readonly received?: (accessToken: string) => Arrived | undefined;
  /** Ends every access token at the emulator. */
  readonly expireAccessTokens?: () => void;
  /** How an app makes this client, for "copy as Grantkit code". */
  readonly code: ClientCode;
  /** Signs the assertions of the JWT bearer grant; without it the person types in a key. */
  readonly assertionKey?: SigningKey;
  /** What the implicit flow can ask for; the first is usual. */
  readonly implicitTypes: readonly ImplicitType[];
  /** Whether its device flow is not that of RFC 8628: it then takes scopes alone. */
  readonly hasOwnDeviceFlow?: boolean;
  /** Makes a service account, with the key file that the person typed in or with one of the emulator's. */
  readonly serviceAccount?: (file?: string) => Promise<GoogleServiceAccount>;
}

/** How an app makes a client. */
interface ClientCode {
  readonly module: string;
  readonly className: string;
  /** Options that are always there. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** The issuer, for a client that is discovered. */
  readonly issuer?: string;
  /** The provider, for a client that takes one: an expression, and what it imports. */
  readonly provider?: { readonly code: string; readonly module: string; readonly name: string };
}

/** What the forms of a target begin with. */
interface Samples {
  /** The API that tokens can be asked for by name (RFC 8707). */
  readonly resource?: string;
  /** Authorization details (RFC 9396), as JSON. */
  readonly authorizationDetails?: string;
  /** A user whose password the password grant can use. */
  readonly user?: { readonly name: string; readonly password: string };
  /** Claims of the assertion of the JWT bearer grant, as JSON. */
  readonly claims?: string;
}
