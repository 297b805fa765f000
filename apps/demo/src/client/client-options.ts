import {
  type ClientAuthentication,
  clientSecretJwt,
  type OAuth2ClientOptions,
  privateKeyJwt,
  tlsClientAuth,
} from "@grantkit/core";
import type { JWK } from "jose";
import type { FormValues } from "../flows/form-values.ts";
import type { PageKeys } from "./page-keys.ts";

/** The kinds of client authentication that the form offers; none for the target's own. */
type AuthenticationChoice =
  "basic" | "post" | "none" | "client_secret_jwt" | "private_key_jwt" | "tls" | undefined;

/** What a client of a target has if the person types in nothing. */
export interface RegisteredClient {
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly redirectUri: string;
}

/** The options of a client: what the person typed in, or else what the target has. */
export function clientOptions(
  values: FormValues,
  registered: RegisteredClient,
  keys: PageKeys,
): Pick<
  OAuth2ClientOptions,
  "clientId" | "clientSecret" | "redirectUri" | "clientAuthentication" | "dpop"
> {
  const choice = authenticationChoice(values);
  const clientSecret = values.text("client_secret") ?? registered.clientSecret;
  const clientAuthentication = authenticationOf(choice, values, keys);
  return {
    clientId: values.text("client_id") ?? registered.clientId,
    redirectUri: values.text("redirect_uri") ?? registered.redirectUri,
    ...(usesSecret(choice) && clientSecret !== undefined && { clientSecret }),
    ...(clientAuthentication && { clientAuthentication }),
    ...(values.isOn("dpop") && { dpop: { key: keys.dpop } }),
  };
}

/** Reads the chosen kind of client authentication. */
export function authenticationChoice(values: FormValues): AuthenticationChoice {
  const choice = values.text("client_authentication");
  switch (choice) {
    case "basic":
    case "post":
    case "none":
    case "client_secret_jwt":
    case "private_key_jwt":
    case "tls":
      return choice;
    default:
      return undefined;
  }
}

/** Whether a kind of client authentication has a secret. */
export function usesSecret(choice: AuthenticationChoice): boolean {
  return choice !== "none" && choice !== "private_key_jwt" && choice !== "tls";
}

function authenticationOf(
  choice: AuthenticationChoice,
  values: FormValues,
  keys: PageKeys,
): ClientAuthentication | undefined {
  if (choice === "client_secret_jwt") return clientSecretJwt();
  if (choice === "tls") return tlsClientAuth();
  if (choice !== "private_key_jwt") return choice;
  return privateKeyJwt({ key: typedKey(values.text("private_key")) ?? keys.signing });
}

/** Reads a key that the person typed in: a JWK or PEM. */
export function typedKey(text: string | undefined): JWK | string | undefined {
  if (text?.startsWith("{") !== true) return text;
  try {
    return JSON.parse(text) as JWK;
  } catch {
    return text;
  }
}
