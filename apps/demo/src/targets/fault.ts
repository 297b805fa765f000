import type { OAuth2ClientOptions } from "@grantkit/core";

/** What a fault may know of its run. */
export interface FaultyRun {
  /** Whether the browser has come back with the callback. */
  readonly cameBack: boolean;
}

/** Something that goes wrong on demand, for one run. */
export interface Fault {
  readonly id: string;
  /** A noun phrase: "An ID token signed with another key". */
  readonly title: string;
  /** Whose mistake it is. */
  readonly by: "provider" | "app";
  /** The flows that it shows in; all if undefined. */
  readonly flows?: readonly string[];
  /** What it does, as a sentence. */
  readonly effect: string;
  /** What to do about it, for a mistake of the app. */
  readonly remedy?: string;
  /** More about the provider's own page, for a fault after which a browser may stay there. */
  readonly stranded?: string;
  /** Turns on a switch of the emulator while the run works, and returns what turns it off. */
  readonly begin?: () => (() => void) | Promise<() => void>;
  /** Replaces options of the run's client. */
  readonly options?: (options: OAuth2ClientOptions, run: FaultyRun) => Partial<OAuth2ClientOptions>;
  /** Changes the URL that the browser is sent to. */
  readonly departure?: (url: URL) => void;
  /** Changes the callback before the client gets it. */
  readonly callback?: (url: URL) => void;
  /** Whether it shows in an ID token only, which the implicit flow does not always ask for. */
  readonly needsIdToken?: boolean;
  /**
   * Replaces a callback that has an ID token by one that the emulator issues with its switch on. Nobody knows when the emulator
   * issued the first one: the browser was there, and the switch was off.
   */
  readonly reissue?: (authorizationUrl: string, callback: URL) => Promise<void>;
  /** Whether the page leads to the provider, so that the person can finish in another browser. */
  readonly elsewhere?: boolean;
  /** Takes the step that asks for a token twice; the second time counts. */
  readonly twice?: boolean;
}

/** Replaces options of a client. */
export type ClientChange = (options: OAuth2ClientOptions) => Partial<OAuth2ClientOptions>;
