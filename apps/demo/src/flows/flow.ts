import type { OAuth2ClientOptions, Token } from "@grantkit/core";
import type { OAuth1Token } from "@grantkit/oauth1";
import type { AnyTarget, Target } from "../targets/target.ts";
import type { Visitor } from "../visitors.ts";
import type { DeviceSignIn } from "./device-sign-in.ts";
import type { FormValues } from "./form-values.ts";

/** A field of a flow's form. */
export interface Field {
  readonly name: string;
  readonly label: string;
  /** What it does, in one line, with the section of the RFC. */
  readonly hint?: string;
  readonly kind: "text" | "secret" | "words" | "lines" | "choice" | "box";
  /** The choices, or suggestions for words. */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly initial?: string;
  readonly required?: boolean;
  /** Folded away under "More options". */
  readonly more?: boolean;
}

/** What a flow has to work with. */
export interface FlowContext<Provider extends AnyTarget = Target> {
  readonly target: Provider;
  readonly client: ReturnType<Provider["createClient"]>;
  readonly values: FormValues;
  readonly visitor: Visitor;
}

/** A JWT of the token that the visitor holds. */
export interface HeldJwt {
  readonly name: "id_token" | "access_token";
  readonly text: string;
}

/** What came of a flow. */
export interface Outcome {
  /** What happened, as a heading. */
  readonly title: string;
  readonly text?: string;
  /** A token, which the visitor holds from now on. */
  readonly token?: Token;
  /** The same of OAuth 1.0a. */
  readonly oauth1Token?: OAuth1Token;
  /** A page of the provider that the person opens in another tab. */
  readonly link?: { readonly url: string; readonly label: string };
  /** A JWT that the SDK verified, besides the ID token of `token`. */
  readonly verifiedJwt?: string;
  /** Data to show as JSON. */
  readonly data?: unknown;
  /** Data to compare. */
  readonly table?: Table;
}

/** Values beside each other; those that masking changes are shown after a click. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    readonly cells: readonly { readonly value: string; readonly masked: string }[];
  }[];
}

/** A flow that sends the browser away and goes on with its callback. */
export interface Departure {
  readonly url: string;
  /** What tells the callback: the `state`, or the request token of OAuth 1.0a. */
  readonly key: string;
  /** Whether the callback's parameters are in its fragment, which the browser has to hand on. */
  readonly inFragment?: boolean;
  /** Goes on with the callback's URL, or with the form that was posted. */
  readonly finish: (callback: URL | URLSearchParams) => Promise<Outcome>;
}

/** A flow that waits for a user at another device. */
export interface DeviceWait {
  readonly device: DeviceSignIn;
}

/** What the first step of a flow comes to. */
export type Step = Outcome | Departure | DeviceWait;

/** A flow as pages and routes see it: it is used with targets of its own protocol only. */
export type AnyFlow = Flow<AnyTarget>;

/** One of the things that the SDK does. */
export interface Flow<Provider extends AnyTarget = Target> {
  /** OAuth 2.0 if undefined. */
  readonly protocol?: Provider["protocol"];
  readonly id: string;
  readonly title: string;
  readonly group: "Get a token" | "Use the token" | "Inspect";
  /** What it is for, in one line, with the RFC. */
  readonly teaser: string;
  /** The label of the button. */
  button(target: Provider): string;
  fields(target: Provider): readonly Field[];
  /** Options of the client that the flow needs for what the person chose. */
  clientOptions?(target: Provider, values: FormValues): Partial<OAuth2ClientOptions>;
  /** Whether it works on the token that the visitor holds, and whether that has to be one with a refresh token. */
  readonly needsToken?: true | "refreshable";
  /** The JWT of the held token that it checks, which the page decodes: no request has it. */
  heldJwt?(context: Omit<FlowContext<Provider>, "client">): HeldJwt | undefined;
  run(context: FlowContext<Provider>): Promise<Step>;
  /** The flow in Grantkit code, with the person's values and with placeholders for secrets. */
  code(target: Provider, values: FormValues): string;
}
