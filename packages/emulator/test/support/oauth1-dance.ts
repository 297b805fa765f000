import type { ConsentChoice, OAuth1Emulator } from "../../src/index.ts";
import { fields, send } from "./oauth1-consumer.ts";
import type { Signer } from "./oauth1-consumer.ts";
import { CALLBACK } from "./wire.ts";

type Fields = Record<string, string>;

/** The registered application, ready to sign. */
export function registered({ clientId, clientSecret }: OAuth1Emulator): Signer {
  return { key: clientId, secret: clientSecret };
}

/** A signer with the token of a reply. */
export function withToken(signer: Signer, reply: Fields): Signer {
  return {
    ...signer,
    token: reply["oauth_token"] ?? "",
    tokenSecret: reply["oauth_token_secret"] ?? "",
  };
}

/** Asks for a request token. */
export function askRequestToken(
  { endpoints }: OAuth1Emulator,
  signer: Signer,
  oauth: Record<string, string | undefined> = {},
): Promise<Response> {
  return send(
    { ...signer, oauth: { oauth_callback: CALLBACK, ...signer.oauth, ...oauth } },
    { url: endpoints.requestToken, verb: "POST" },
  );
}

/** The URL to which the user goes with a request token. */
export function consentUrl({ endpoints }: OAuth1Emulator, token: string | undefined): string {
  const url = new URL(endpoints.authorization);
  if (token !== undefined) url.searchParams.set("oauth_token", token);
  return url.href;
}

/** Asks for an access token with a request token and its verifier. */
export function askAccessToken(
  { endpoints }: OAuth1Emulator,
  signer: Signer,
  temporary: Fields,
  verifier: string | undefined,
): Promise<Response> {
  return send(
    { ...withToken(signer, temporary), oauth: { ...signer.oauth, oauth_verifier: verifier } },
    { url: endpoints.accessToken, verb: "POST" },
  );
}

/** The whole dance: resolves to a signer with an access token. */
export async function signedIn(
  emulator: OAuth1Emulator,
  choice: ConsentChoice = {},
  signer: Signer = registered(emulator),
): Promise<Signer> {
  const temporary = await fields(askRequestToken(emulator, signer));
  const callback = await emulator.authorize(consentUrl(emulator, temporary["oauth_token"]), choice);
  const verifier = new URL(callback).searchParams.get("oauth_verifier") ?? "";
  return withToken(signer, await fields(askAccessToken(emulator, signer, temporary, verifier)));
}

/** Status and problem of a reply. */
export async function refusal(reply: Response | Promise<Response>): Promise<[number, string]> {
  const answered = await reply;
  return [answered.status, (await fields(answered))["oauth_problem"] ?? ""];
}
