import { checkBodyHash } from "./body-hash.ts";
import type { KnownConsumer } from "./consumers.ts";
import { OAuthProblem, parametersAbsent, parametersRejected } from "./oauth-problem.ts";
import { bytesOf } from "./percent-encoding.ts";
import type { ParameterPair } from "./percent-encoding.ts";
import type { OAuthRequest, ReceivedParameters } from "./received-parameters.ts";
import type { OAuth1Server } from "./server.ts";
import {
  baseStringUri,
  signatureBaseString,
  signatureFits,
  signatureMethods,
} from "./signatures.ts";
import type { SignatureMethod } from "./signatures.ts";

/** The part of a token that signatures need. */
interface TokenSecret {
  readonly consumer: KnownConsumer;
  readonly secret: string;
}

/** What an endpoint requires of a request, beside a valid signature. */
export interface SignedRequestNeeds<Token extends TokenSecret> {
  /** Required OAuth parameters, beside those of every signature. */
  readonly parameters: readonly string[];
  /** Finds the token in the request; without it, no token is known. */
  readonly findToken?: (token: string) => Token | undefined;
}

/** A verified request. */
export interface SignedRequest<Token> {
  readonly consumer: KnownConsumer;
  /** Undefined for a two-legged request, which has no token. */
  readonly token: Token | undefined;
  readonly method: string;
}

/** Verifies a request (RFC 5849 section 3.2). Throws an OAuthProblem if it is invalid. */
export async function verifySignedRequest<Token extends TokenSecret>(
  request: OAuthRequest,
  needs: SignedRequestNeeds<Token>,
): Promise<SignedRequest<Token>> {
  const { server, received } = request;
  const { oauth } = received;
  checkPresence(received, needs.parameters);
  checkVersion(oauth.get("oauth_version"));
  checkRealm(server, received);
  const consumer = server.consumers.find(({ key }) => key === oauth.get("oauth_consumer_key"));
  if (consumer === undefined) {
    throw new OAuthProblem(401, "consumer_key_unknown", "There is no such consumer.");
  }
  const method = signatureMethod(server, oauth.get("oauth_signature_method") ?? "", consumer);
  const timestamp = checkedTimestamp(server, oauth.get("oauth_timestamp"));
  const token = namedToken(oauth.get("oauth_token"), consumer, needs);
  checkSignature(request, method, { consumer, token });
  await checkBodyHash(request, method);
  checkNonce(server, consumer, oauth, timestamp);
  return { consumer, token, method: oauth.get("oauth_signature_method") ?? "" };
}

function checkPresence({ oauth, placement }: ReceivedParameters, needed: readonly string[]): void {
  if (placement === undefined) {
    // A request without OAuth parameters gets a challenge, as with any other scheme.
    throw new OAuthProblem(401, "parameter_absent", "The request is not signed.", {
      oauth_parameters_absent: "oauth_consumer_key",
    });
  }
  // RFC 5849 section 3.1: PLAINTEXT needs neither.
  const oneTime =
    oauth.get("oauth_signature_method") === "PLAINTEXT" ? [] : ["oauth_timestamp", "oauth_nonce"];
  const always = ["oauth_consumer_key", "oauth_signature_method", "oauth_signature", ...oneTime];
  const absent = [...always, ...needed].filter((name) => (oauth.get(name) ?? "") === "");
  if (absent.length > 0) throw parametersAbsent(absent);
}

function checkVersion(version: string | undefined): void {
  if (version === undefined || version === "1.0") return;
  throw new OAuthProblem(400, "version_rejected", "The oauth_version is 1.0 or left out.", {
    oauth_acceptable_versions: "1.0-1.0",
  });
}

function checkRealm({ switches }: OAuth1Server, { realm }: ReceivedParameters): void {
  if (!switches.requireRealm || realm === switches.realm) return;
  const advice = `The Authorization header must name the realm "${switches.realm}".`;
  throw new OAuthProblem(401, "permission_denied", advice);
}

function signatureMethod(
  { switches }: OAuth1Server,
  name: string,
  consumer: KnownConsumer,
): SignatureMethod {
  const method = signatureMethods.get(name);
  const problem =
    method === undefined
      ? `There are: ${[...signatureMethods.keys()].join(", ")}.`
      : method.kind === "plaintext" && !switches.plaintext
        ? "PLAINTEXT is switched off."
        : method.kind === "rsa" && consumer.publicKey === undefined
          ? "The consumer has no public key."
          : undefined;
  if (method !== undefined && problem === undefined) return method;
  throw new OAuthProblem(400, "signature_method_rejected", problem ?? "");
}

/** Returns the timestamp in seconds since 1970; undefined if there is none, which PLAINTEXT allows. */
function checkedTimestamp(
  { now, switches }: OAuth1Server,
  given: string | undefined,
): number | undefined {
  if (given === undefined || given === "") return undefined;
  if (!/^0*[1-9]\d{0,14}$/.test(given)) {
    throw parametersRejected(["oauth_timestamp"], "The oauth_timestamp is a positive integer.");
  }
  const [timestamp, time] = [Number(given), Math.floor(now() / 1000)];
  const [least, most] = [time - switches.timestampWindow, time + switches.timestampWindow];
  if (timestamp >= least && timestamp <= most) return timestamp;
  throw new OAuthProblem(401, "timestamp_refused", `It is ${time} here.`, {
    oauth_acceptable_timestamps: `${least}-${most}`,
  });
}

function namedToken<Token extends TokenSecret>(
  name: string | undefined,
  consumer: KnownConsumer,
  { findToken }: SignedRequestNeeds<Token>,
): Token | undefined {
  // RFC 5849 section 3.1: a two-legged request may omit the token. Some clients send an empty one.
  if (name === undefined || name === "") return undefined;
  const token = findToken?.(name);
  if (token?.consumer.key === consumer.key) return token;
  throw new OAuthProblem(401, "token_rejected", "There is no such token of this consumer here.");
}

function checkSignature(
  { c, received: { oauth, signed } }: OAuthRequest,
  method: SignatureMethod,
  { consumer, token }: { consumer: KnownConsumer; token: TokenSecret | undefined },
): void {
  const { headers, method: verb = "", url = "" } = c.env.incoming;
  const uri = baseStringUri(url, headers.host ?? "");
  const keys = {
    consumerSecret: consumer.secret,
    tokenSecret: token?.secret ?? "",
    publicKey: consumer.publicKey,
  };
  const baseString = signatureBaseString(verb, uri, signed);
  if (signatureFits(method, oauth.get("oauth_signature") ?? "", baseString, keys)) return;
  if (method.kind !== "plaintext") {
    // Only in the log, for the developer: the response must not help to guess signatures.
    const shown = signatureBaseString(verb, uri, signed.map(withoutPassword));
    Object.assign(c.get("received"), { signatureBaseString: shown });
  }
  const advice =
    "The signature does not fit. The emulator's request log has the base string that it computed.";
  throw new OAuthProblem(401, "signature_invalid", advice);
}

// An xAuth password is the only secret among the signed parameters.
function withoutPassword(pair: ParameterPair): ParameterPair {
  return pair.name === "x_auth_password" ? { ...pair, value: bytesOf("[hidden]") } : pair;
}

/** Throws if the nonce was used with the same timestamp, consumer and token (RFC 5849 section 3.3). */
function checkNonce(
  { nonces, now, switches }: OAuth1Server,
  { key }: KnownConsumer,
  oauth: ReadonlyMap<string, string>,
  timestamp: number | undefined,
): void {
  const nonce = oauth.get("oauth_nonce");
  if (timestamp === undefined || nonce === undefined) return;
  const oldest = now() / 1000 - switches.timestampWindow;
  for (const past of nonces.keys()) if (past < oldest) nonces.delete(past);
  const uses = nonces.get(timestamp) ?? new Set();
  nonces.set(timestamp, uses);
  const use = JSON.stringify([key, oauth.get("oauth_token") ?? "", nonce]);
  if (!uses.has(use)) return void uses.add(use);
  throw new OAuthProblem(401, "nonce_used", "This nonce was used before with this timestamp.");
}
