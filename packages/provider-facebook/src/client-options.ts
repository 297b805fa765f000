import {
  type Clock,
  type Hooks,
  type OAuth2Client,
  type OAuth2ClientOptions,
  systemClock,
} from "@grantkit/core";
import {
  dividedOptions,
  must,
  mustBeFunction,
  optionProblems,
  type OptionRules,
  ownOptions,
} from "@grantkit/core/requests";
import { appSecretProof, appSecretProofProblems } from "./app-secret-proof.ts";
import { type AppSecret, AppSecretKey } from "./app-secret.ts";
import {
  type FacebookAuthorizationOptions,
  type FacebookOptions,
  facebookUnless,
} from "./preset.ts";
import type { FacebookScope } from "./scopes.ts";
import { type FacebookUsageEvent, usageHook } from "./usage.ts";

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
  /**
   * Called with each response of the Graph API that says how much of your rate limits is used. What it throws, the call
   * throws.
   *
   * @see https://developers.facebook.com/docs/graph-api/overview/rate-limiting
   */
  readonly onUsage?: ((event: FacebookUsageEvent) => void) | undefined;
  /** The app's client token, which devices send in place of the secret: the device login needs it. */
  readonly clientToken?: string | undefined;
  /** Who issues the ID tokens of Limited Login, and where the keys are: sources disagree about both. */
  readonly limitedLogin?: LimitedLoginOptions | undefined;
}

/** The app of a client, for the calls that only Facebook has. */
export interface FacebookApp {
  readonly appId: string;
  readonly clientToken: string | undefined;
  readonly secret: AppSecret;
  readonly key: AppSecretKey;
  readonly clock: Clock;
  /** The options of core's client. */
  readonly client: OAuth2ClientOptions;
  readonly limitedLogin: LimitedLoginOptions | undefined;
}

/** Divides the options into those of core's client, and the app, which is there once the options were read. */
export function facebookParts(
  options: FacebookClientOptions | (() => FacebookClientOptions),
  secret: AppSecret,
): {
  readonly divided: ConstructorParameters<
    typeof OAuth2Client<FacebookScope, FacebookAuthorizationOptions>
  >;
  readonly app: () => FacebookApp;
} {
  const key = new AppSecretKey(secret);
  let app: FacebookApp | undefined;
  const divided = dividedOptions(
    options,
    ({
      version,
      endpoints,
      appSecretProof: proving,
      clientToken,
      limitedLogin,
      onUsage,
      ...rest
    }) => {
      const client = ownOptions(rest);
      const { clientId, clientSecret, clock = systemClock, hooks } = client;
      app = {
        appId: clientId,
        clientToken,
        secret,
        key,
        clock,
        limitedLogin: ownOptions(limitedLogin),
        client,
      };
      const problems = () => [
        ...appSecretProofProblems(proving, clientSecret),
        ...mustBeFunction(onUsage, "onUsage", {}),
        ...mustBeToken(clientToken, "clientToken", {}),
        ...limitedLoginProblems(limitedLogin),
      ];
      const isProving = (proving === true || proving === "timed") && clientSecret !== undefined;
      const added: Hooks = {
        ...(isProving && {
          protectedRequest: appSecretProof(key, proving === "timed" ? clock : undefined),
        }),
        ...(typeof onUsage === "function" && { protectedResponse: usageHook(onUsage) }),
      };
      return [
        () => facebookUnless(problems(), { version, endpoints }),
        Object.keys(added).length === 0 ? client : { ...client, hooks: withHooks(hooks, added) },
      ];
    },
  );
  return { divided: [...divided], app: () => app as FacebookApp };
}

const mustBeToken = must(
  "be the client token of the app's settings, without the app ID",
  (token) => typeof token === "string" && /^[\w-]+$/.test(token),
);
const mustBeUrls = must(
  "be a list of URLs that is not empty",
  (list) => Array.isArray(list) && list.length > 0 && list.every((url) => URL.canParse(url)),
);

/** Lists what is wrong with the option. */
function limitedLoginProblems(option: unknown): string[] {
  const rules: OptionRules<LimitedLoginOptions> = { issuers: mustBeUrls, keys: mustBeUrls };
  return option === undefined ? [] : optionProblems(option, rules, "limitedLogin.");
}

/** Adds hooks last, so that they get what the caller's own hooks leave. */
function withHooks(hooks: Hooks | undefined, added: Hooks): Hooks {
  const own = ownOptions(hooks ?? {}) as Record<string, unknown>;
  const lists = Object.entries(added).map(([name, hook]) => [name, [own[name] ?? [], hook].flat()]);
  return { ...own, ...Object.fromEntries(lists) };
}
