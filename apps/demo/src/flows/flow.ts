import type { OAuth2Client, Token } from "@grantkit/core";
import type { Target } from "../targets/target.ts";
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
export interface FlowContext {
  readonly target: Target;
  readonly client: OAuth2Client;
  readonly values: FormValues;
  readonly visitor: Visitor;
}

/** What came of a flow. */
export interface Outcome {
  /** What happened, as a heading. */
  readonly title: string;
  readonly text?: string;
  /** A token, which the visitor holds from now on. */
  readonly token?: Token;
  /** A JWT that the SDK verified, besides the ID token of `token`. */
  readonly verifiedJwt?: string;
  /** Data to show as JSON. */
  readonly data?: unknown;
}

/** A flow that sends the browser away and goes on with its callback. */
export interface Departure {
  readonly url: string;
  /** What tells the callback: the `state`. */
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

/** One of the things that the SDK does. */
export interface Flow {
  readonly id: string;
  readonly title: string;
  readonly group: "Get a token" | "Use the token" | "Inspect";
  /** What it is for, in one line, with the RFC. */
  readonly teaser: string;
  /** The label of the button. */
  readonly button: (target: Target) => string;
  readonly fields: (target: Target) => readonly Field[];
  /** Whether it works on the token that the visitor holds. */
  readonly needsToken?: boolean;
  readonly run: (context: FlowContext) => Promise<Outcome | Departure | DeviceWait>;
  /** The flow in Grantkit code, with the person's values and with placeholders for secrets. */
  readonly code: (target: Target, values: FormValues) => string;
}
