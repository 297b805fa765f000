import { ConfigurationError, isOAuthError } from "@grantkit/core";
import { readFields, readText } from "@grantkit/core/requests";
import type { SignedRequest } from "./signed-request.ts";

/** What a data deletion callback tells Facebook, which shows it to the user. */
export interface DataDeletion {
  /** The page of your app on which the user sees the state of the deletion. */
  readonly url: string;
  /** The code by which the user finds the deletion: letters and digits. */
  readonly confirmationCode: string;
}

/** A `signed_request` that names its user. */
export type UserRequest = SignedRequest & { readonly userId: string };

/** A handler of a web framework, or of a server. */
export type FacebookCallback = (request: Request) => Promise<Response>;

/** What verifies the requests: a `FacebookClient`. */
interface Verifier {
  verifySignedRequest(request: Request): Promise<SignedRequest>;
}

/**
 * Makes the handler of the deauthorize callback, which Facebook calls when a user removes your app.
 *
 * @param client - The `FacebookClient` of the app.
 * @param forget - Deletes the user's tokens. If it throws, so does the handler.
 * @returns A handler that replies 200, or 400 to what Facebook did not sign.
 *
 * @example
 * ```ts
 * import { deauthorizeCallback, FacebookClient } from "@grantkit/provider-facebook";
 *
 * declare const facebook: FacebookClient;
 * declare const tokens: { delete(userId: string): Promise<void> };
 *
 * export const POST = deauthorizeCallback(facebook, ({ userId }) => tokens.delete(userId));
 * ```
 */
export function deauthorizeCallback(
  client: Verifier,
  forget: (request: UserRequest) => unknown,
): FacebookCallback {
  return callback(client, async (request) => {
    await forget(request);
    // Facebook reads the status alone.
    return new Response("");
  });
}

/**
 * Makes the handler of the data deletion callback, which Facebook calls when a user asks you to delete their data.
 *
 * @param client - The `FacebookClient` of the app.
 * @param remove - Begins the deletion, and returns the page on which the user can follow it.
 * @returns A handler that replies what Facebook expects, or 400 to what Facebook did not sign. It throws what `remove` throws,
 * and a ConfigurationError where that returns no page and code.
 * @see https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
 */
export function dataDeletionCallback(
  client: Verifier,
  remove: (request: UserRequest) => DataDeletion | Promise<DataDeletion>,
): FacebookCallback {
  return callback(client, async (request) => {
    const { url, confirmationCode } = readFields(await remove(request));
    const [page, code] = [readText(url) ?? "", readText(confirmationCode) ?? ""];
    const problems = [
      ...(URL.canParse(page) && /^https?:/i.test(page)
        ? []
        : ["url must be the address of a page"]),
      ...(/^[\w-]+$/.test(code) ? [] : ["confirmationCode must be letters and digits"]),
    ];
    if (problems.length === 0) return Response.json({ url: page, confirmation_code: code });
    throw new ConfigurationError("What the function returned", problems, "facebook");
  });
}

function callback(
  client: Verifier,
  reply: (request: UserRequest) => Promise<Response>,
): FacebookCallback {
  return async (request) => {
    if (request.method !== "POST") return refusal("Facebook sends a POST.", 405);
    let signed: SignedRequest;
    try {
      signed = await client.verifySignedRequest(request);
    } catch (error) {
      if (!isOAuthError(error) || !NOT_FACEBOOK.has(error.code)) throw error;
      return refusal(error.message, 400);
    }
    const { userId } = signed;
    if (userId === undefined) return refusal("The signed_request names no user.", 400);
    return reply(Object.assign(signed, { userId }));
  };
}

const NOT_FACEBOOK = new Set(["SIGNATURE_INVALID", "CALLBACK_INVALID"]);

function refusal(why: string, status: number): Response {
  return new Response(`${why}\n`, { status });
}
