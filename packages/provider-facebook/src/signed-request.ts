import { type CallbackInput, OAuthError } from "@grantkit/core";
import {
  clockOf,
  clockToleranceOf,
  decodeBase64Url,
  type Fields,
  hmacSha256,
  mustBeSeconds,
  optionProblems,
  type OptionRules,
  readFields,
  readId,
  readParameters,
  readUnixTime,
  sameSecret,
  throwProblems,
} from "@grantkit/core/requests";
import { appSecretOf } from "./app-secret.ts";

/** A `signed_request` whose signature was verified. */
export interface SignedRequest {
  /** The user's ID within your app; a page that the user has not authorized sends none. */
  readonly userId?: string | undefined;
  /** When Facebook issued it. */
  readonly issuedAt: Date;
  /** All fields that Facebook signed. It is not printed: it may have a `code` or an `oauth_token`. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Conditions for a `signed_request`. */
export interface SignedRequestOptions {
  /**
   * The longest time since Facebook issued it, in seconds.
   *
   * @defaultValue any time
   */
  readonly maxAge?: number;
}

const RULES: OptionRules<SignedRequestOptions> = { maxAge: mustBeSeconds };

/** Characters: a code and a token fit in. */
const LONGEST = 16_384;

/** Verifies a `signed_request`: the signature first, and nothing is parsed before. */
export async function verifySignedRequest(
  client: object,
  given: string | Exclude<CallbackInput, URL>,
  options: SignedRequestOptions,
): Promise<SignedRequest> {
  throwProblems("verifySignedRequest()", optionProblems(options, RULES), "facebook");
  const { maxAge } = options;
  const text = typeof given === "string" ? given : await fieldOf(given);
  const [signature, signed] = partsOf(text);
  const secret = await appSecretOf(client, "verifySignedRequest()");
  // What was signed is the encoded text.
  if (!sameSecret(signature, await hmacSha256(secret, signed, "base64url"))) {
    throw refusal("signature", "its signature is wrong: it was not signed with your app secret");
  }
  const payload = parsed(signed);
  const { algorithm } = payload;
  if (typeof algorithm !== "string" || algorithm.toUpperCase() !== "HMAC-SHA256") {
    throw refusal("algorithm", "its algorithm is not HMAC-SHA256");
  }
  const issuedAt = readUnixTime(payload["issued_at"]);
  if (issuedAt === undefined) throw refusal("issued_at", "its issued_at is not a time");
  const age = (clockOf(client).now() - issuedAt.getTime()) / 1000;
  if (maxAge !== undefined && age > maxAge) {
    throw refusal("issued_at", "it is older than maxAge");
  }
  if (age < -clockToleranceOf(client)) {
    throw refusal("issued_at", "its issued_at is in the future by this machine's clock");
  }
  const request = { userId: readId(payload["user_id"]), issuedAt };
  return Object.defineProperty(request, "payload", { value: payload }) as SignedRequest;
}

/** Reads the field of a posted form. */
async function fieldOf(request: Exclude<CallbackInput, string> | undefined): Promise<string> {
  // JavaScript callers may pass the field of a form that has none.
  if (request === undefined || request === null) throw refusal("format", "it is missing");
  const [text, ...more] = (await readParameters("facebook", request)).getAll("signed_request");
  if (text !== undefined && more.length === 0) return text;
  throw refusal("format", "the form does not have the field signed_request once");
}

function partsOf(text: string): readonly [signature: string, signed: string] {
  const [, signature, signed] = /^([\w-]+)={0,2}\.([\w-]+={0,2})$/.exec(text) ?? [];
  if (signature !== undefined && signed !== undefined && text.length <= LONGEST) {
    return [signature, signed];
  }
  throw refusal("format", "it is not a signature and a payload with a dot between them");
}

function refusal(check: string, why: string): OAuthError {
  const message = `The signed_request was refused: ${why}. Do nothing that it asks for.`;
  return new OAuthError("SIGNATURE_INVALID", message, { provider: "facebook", details: { check } });
}

function parsed(signed: string): Fields {
  try {
    return readFields(JSON.parse(decodeBase64Url(signed) ?? ""));
  } catch {
    throw refusal("payload", "its payload is not JSON");
  }
}
