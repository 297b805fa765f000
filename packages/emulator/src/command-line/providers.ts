import { startFacebook } from "../facebook/start.ts";
import { facebookDefaults, facebookOptionRules } from "../facebook/options.ts";
import { startGitHub } from "../github/start.ts";
import { githubDefaults, githubOptionRules } from "../github/options.ts";
import { startGoogle } from "../google/start.ts";
import { googleDefaults, googleOptionRules } from "../google/options.ts";
import type { Rule } from "../server/switches.ts";
import { facebookOnOffTexts, githubOnOffTexts, googleOnOffTexts } from "./on-off-texts.ts";

/** The part of a running emulator that the command line shows. */
export interface ShownEmulator {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly endpoints: { readonly authorization: string };
  readonly users: readonly object[];
  close(): Promise<void>;
}

/** A provider as the command line knows it. */
export interface CommandLineProvider {
  readonly start: (options: Record<string, unknown>) => Promise<ShownEmulator>;
  /** The switches' first positions, by option name. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly rules: Readonly<Record<string, Rule>>;
  /** What the switches that are on or off do when they are on. */
  readonly onOffTexts: Readonly<Record<string, string>>;
  /** A scope for the example. */
  readonly exampleScope: string;
}

/** The providers by the name that is typed. */
export const providers: Readonly<Record<string, CommandLineProvider>> = {
  google: {
    start: (options) => startGoogle(options),
    defaults: { ...googleDefaults },
    rules: { ...googleOptionRules },
    onOffTexts: { ...googleOnOffTexts },
    exampleScope: "openid email profile",
  },
  github: {
    start: (options) => startGitHub(options),
    defaults: { ...githubDefaults },
    rules: { ...githubOptionRules },
    onOffTexts: { ...githubOnOffTexts },
    exampleScope: "read:user user:email",
  },
  facebook: {
    start: (options) => startFacebook(options),
    defaults: { ...facebookDefaults },
    rules: { ...facebookOptionRules },
    onOffTexts: { ...facebookOnOffTexts },
    exampleScope: "public_profile,email",
  },
};
