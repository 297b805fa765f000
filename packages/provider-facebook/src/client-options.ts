import {
  type Hook,
  type Hooks,
  type OAuth2ClientOptions,
  type ProtectedRequestHookValue,
  type Provider,
  systemClock,
} from "@grantkit/core";
import {
  divideAndKeep,
  type KeptOptions,
  must,
  mustBeUrls,
  optionProblems,
  type OptionRules,
  ownFields,
  ownOptions,
} from "@grantkit/core/requests";
import { appSecretProof, appSecretProofProblems } from "./app-secret-proof.ts";
import {
  type FacebookAuthorizationOptions,
  type FacebookOptions,
  facebookUnless,
} from "./preset.ts";
import type { FacebookScope } from "./scopes.ts";

/** Who issues the ID tokens of Limited Login, and where the keys are. */
export interface LimitedLoginOptions {
  /**
   * The accepted issuers.
   *
   * @defaultValue `https://www.facebook.com` and `https://limited.facebook.com`
   */
  readonly issuers?: readonly string[];
  /**
   * The addresses of the keys. They are asked in this order, the next one where a key is missing.
   *
   * @defaultValue those of `limited.facebook.com` and `www.facebook.com`
   */
  readonly keys?: readonly string[];
}

/** Options of a `FacebookClient`: your app's credentials (`clientId` is the app ID), and which Graph API. */
export interface FacebookClientOptions extends OAuth2ClientOptions, FacebookOptions {
  /**
   * Sends an `appsecret_proof` with every call of the Graph API, made with the client secret. Apps with the setting
   * "Require App Secret" need it. `"timed"` adds the time, so that each proof is valid for five minutes only.
   *
   * @defaultValue `false`
   */
  readonly appSecretProof?: boolean | "timed" | undefined;
  /** The app's client token, which devices send in place of the secret: the device login needs it. */
  readonly clientToken?: string | undefined;
  /** Who issues the ID tokens of Limited Login, and where the keys are: sources disagree about both. */
  readonly limitedLogin?: LimitedLoginOptions | undefined;
}

/** What the calls that only Facebook has need beside core's client. */
export interface FacebookApp {
  readonly clientToken: string | undefined;
  readonly limitedLogin: LimitedLoginOptions | undefined;
}

/**
 * Divides the options into those of core's client, and what Facebook's own calls need.
 *
 * @param clientOf - Gives the client, once there is one.
 */
export function facebookParts(
  options: FacebookClientOptions | (() => FacebookClientOptions),
  clientOf: () => object,
): KeptOptions<Provider<FacebookScope, FacebookAuthorizationOptions>, FacebookApp> {
  return divideAndKeep(options, (given) => {
    const { version, endpoints, appSecretProof: proving, clientToken, ...others } = given;
    const { limitedLogin, ...client } = ownFields(others);
    const { clientSecret, clock = systemClock, hooks } = ownFields(client);
    const problems = () => [
      ...appSecretProofProblems(proving, clientSecret),
      ...mustBeToken(clientToken, "clientToken", {}),
      ...limitedLoginProblems(limitedLogin),
    ];
    const isProving = (proving === true || proving === "timed") && clientSecret !== undefined;
    const proof = appSecretProof(clientOf, proving === "timed" ? clock : undefined);
    const app: FacebookApp = { clientToken, limitedLogin: ownOptions(limitedLogin) };
    return [
      () => facebookUnless(problems(), { version, endpoints }),
      isProving ? { ...client, hooks: withProof(hooks, proof) } : client,
      app,
    ];
  });
}

const mustBeToken = must(
  "be the client token of the app's settings, without the app ID",
  (token) => typeof token === "string" && /^[\w-]+$/.test(token),
);

/** Lists what is wrong with the option. */
function limitedLoginProblems(option: unknown): string[] {
  const rules: OptionRules<LimitedLoginOptions> = { issuers: mustBeUrls, keys: mustBeUrls };
  return option === undefined ? [] : optionProblems(option, rules, "limitedLogin.");
}

/** Adds the proof last, so that it covers what the caller's own hooks leave. */
function withProof(hooks: Hooks | undefined, proof: Hook<ProtectedRequestHookValue>): Hooks {
  const own = ownOptions(hooks ?? {});
  return { ...own, protectedRequest: [own.protectedRequest ?? [], proof].flat() };
}
