import { startFacebook } from "../facebook/start.ts";
import { facebookDefaults, facebookOptionRules } from "../facebook/options.ts";
import { startGitHub } from "../github/start.ts";
import { githubDefaults, githubOptionRules } from "../github/options.ts";
import { startGoogle } from "../google/start.ts";
import { googleDefaults, googleOptionRules } from "../google/options.ts";
import { oauth1Defaults, oauth1OptionRules } from "../oauth1/options.ts";
import { startOAuth1 } from "../oauth1/start.ts";
import type { Rule } from "../server/switches.ts";
import { oauth1Example, oauth2Example } from "./examples.ts";
import type { ExampleUrl } from "./examples.ts";
import {
  facebookOnOffTexts,
  githubOnOffTexts,
  googleOnOffTexts,
  oauth1OnOffTexts,
} from "./on-off-texts.ts";
import type { ShownEmulator } from "./shown-emulator.ts";

/** A provider as the command line knows it. */
export interface CommandLineProvider {
  readonly start: (options: Record<string, unknown>) => Promise<ShownEmulator>;
  /** The switches' first positions, by option name. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly rules: Readonly<Record<string, Rule>>;
  /** What the switches that are on or off do when they are on. */
  readonly onOffTexts: Readonly<Record<string, string>>;
  /** Options whose value is a text that the command line reads from a file, with what --help says of them. */
  readonly fileOptions?: Readonly<Record<string, string>>;
  /** Makes the URL to try it with. */
  readonly exampleUrl: ExampleUrl;
}

/** The providers by the name that is typed. */
export const providers: Readonly<Record<string, CommandLineProvider>> = {
  google: {
    start: (options) => startGoogle(options),
    defaults: { ...googleDefaults },
    rules: { ...googleOptionRules },
    onOffTexts: { ...googleOnOffTexts },
    exampleUrl: oauth2Example("openid email profile"),
  },
  github: {
    start: (options) => startGitHub(options),
    defaults: { ...githubDefaults },
    rules: { ...githubOptionRules },
    onOffTexts: { ...githubOnOffTexts },
    exampleUrl: oauth2Example("read:user user:email"),
  },
  facebook: {
    start: (options) => startFacebook(options),
    defaults: { ...facebookDefaults },
    rules: { ...facebookOptionRules },
    onOffTexts: { ...facebookOnOffTexts },
    exampleUrl: oauth2Example("public_profile,email"),
  },
  oauth1: {
    start: (options) => startOAuth1(options),
    defaults: { ...oauth1Defaults },
    rules: { ...oauth1OptionRules },
    onOffTexts: { ...oauth1OnOffTexts },
    fileOptions: {
      publicKey: "RSA public key of the application, for the RSA methods: PEM or JWK",
    },
    exampleUrl: oauth1Example,
  },
};
