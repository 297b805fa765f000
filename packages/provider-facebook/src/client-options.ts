import {
  type Hooks,
  type OAuth2Client,
  type OAuth2ClientOptions,
  systemClock,
} from "@grantkit/core";
import { dividedOptions, ownOptions } from "@grantkit/core/requests";
import { appSecretProof, appSecretProofProblems } from "./app-secret-proof.ts";
import { type AppSecret, AppSecretKey, type FacebookApp } from "./app-secret.ts";
import {
  type FacebookAuthorizationOptions,
  type FacebookOptions,
  facebookUnless,
} from "./preset.ts";
import type { FacebookScope } from "./scopes.ts";

/** Options of a `FacebookClient`: your app's credentials (`clientId` is the app ID), and which Graph API. */
export interface FacebookClientOptions extends OAuth2ClientOptions, FacebookOptions {
  /**
   * Sends an `appsecret_proof` with every call of the Graph API, made with the client secret. Apps with the setting
   * "Require App Secret" need it. `"timed"` adds the time, so that each proof is valid for five minutes only.
   *
   * @defaultValue `false`
   */
  readonly appSecretProof?: boolean | "timed" | undefined;
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
    ({ version, endpoints, appSecretProof: proving, ...client }) => {
      const { clientId, clientSecret, clock = systemClock, hooks } = ownOptions(client);
      app = { appId: clientId, secret, key, clock };
      const problems = () => appSecretProofProblems(proving, clientSecret);
      const proof = appSecretProof(key, proving === "timed" ? clock : undefined);
      const isProving = (proving === true || proving === "timed") && clientSecret !== undefined;
      return [
        () => facebookUnless(problems(), { version, endpoints }),
        isProving ? { ...client, hooks: withProof(ownOptions(hooks), proof) } : client,
      ];
    },
  );
  return { divided: [...divided], app: () => app as FacebookApp };
}

/** Adds the proof's hook last, so that it gets the request as the caller's own hooks leave it. */
function withProof(hooks: Hooks | undefined, proof: NonNullable<Hooks["protectedRequest"]>): Hooks {
  return { ...hooks, protectedRequest: [hooks?.protectedRequest ?? [], proof].flat() };
}
