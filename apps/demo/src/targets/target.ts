import type { OAuth2Client } from "@grantkit/core";
import type { Exchange } from "../exchanges/exchange-log.ts";
import type { Arrived } from "../flows/token-placement.ts";
import type { FormValues } from "../flows/form-values.ts";
import type { ClientChange, Fault } from "./fault.ts";

/** What answers at the other end. */
type TargetKind =
  "emulator" | "real provider" | "local server" | "issuer" | "definition" | "example";

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
  /** Why a flow does not work here, by the flow's ID. Flows that are absent work. */
  readonly without: Readonly<Record<string, string>>;
  /** Makes a client with what the person typed in, or with what the target has, and then with what a fault changes. */
  readonly createClient: (values: FormValues, change?: ClientChange) => unknown;
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
  readonly createClient: (values: FormValues, change?: ClientChange) => OAuth2Client;
  /** The last request that the emulator received with this access token. */
  readonly received?: (accessToken: string) => Arrived | undefined;
  /** Ends every access token at the emulator. */
  readonly expireAccessTokens?: () => void;
  /** How an app makes this client, for "copy as Grantkit code". */
  readonly code: {
    readonly module: string;
    readonly className: string;
    readonly extra?: Readonly<Record<string, unknown>>;
  };
}
