import { createHash, createHmac, createSign } from "node:crypto";

// A consumer written from RFC 5849 for these tests alone: it shares no line with the emulator.

/** Who signs, and how. */
export interface Signer {
  readonly key: string;
  readonly secret: string;
  readonly token?: string;
  readonly tokenSecret?: string;
  /** Name of the signature method; HMAC-SHA1 by default. */
  readonly method?: string;
  readonly placement?: "header" | "query" | "body";
  /** PEM for the RSA methods. */
  readonly privateKey?: string;
  readonly realm?: string;
  /** Seconds since 1970. */
  readonly timestamp?: number;
  readonly nonce?: string;
  /** More OAuth parameters, or others in the place of the usual ones; undefined leaves one out. */
  readonly oauth?: Readonly<Record<string, string | undefined>>;
}

/** What is sent. */
export interface Sent {
  readonly url: string;
  readonly verb?: string;
  /** Fields of a form body, in order. */
  readonly form?: readonly (readonly [string, string])[];
  /** Any other body. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request ready for fetch. */
export interface Ready {
  readonly url: string;
  readonly init: Omit<RequestInit, "headers"> & { readonly headers: Record<string, string> };
}

type Pairs = [string, string][];

/** Section 3.6. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const joined = (pairs: Pairs): string =>
  pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");

/** Section 3.4.1. */
export function expectedBaseString(verb: string, url: string, pairs: Pairs): string {
  const { protocol, host, pathname } = new URL(url);
  const sorted = pairs
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`);
  return `${verb}&${encode(`${protocol}//${host}${pathname}`)}&${encode(sorted.join("&"))}`;
}

function signature(signer: Signer, base: string): string {
  const { method = "HMAC-SHA1", secret, tokenSecret = "", privateKey = "" } = signer;
  const key = `${encode(secret)}&${encode(tokenSecret)}`;
  const digest = method.split("-")[1]?.toLowerCase() ?? "";
  if (method === "PLAINTEXT") return key;
  if (method.startsWith("HMAC")) return createHmac(digest, key).update(base).digest("base64");
  return createSign(`RSA-${digest.toUpperCase()}`).update(base).sign(privateKey, "base64");
}

let nonces = 0;

function oauthParameters(signer: Signer): Pairs {
  nonces += 1;
  const usual: Record<string, string | undefined> = {
    oauth_consumer_key: signer.key,
    oauth_signature_method: signer.method ?? "HMAC-SHA1",
    oauth_timestamp: String(signer.timestamp ?? Math.floor(Date.now() / 1000)),
    oauth_nonce: signer.nonce ?? `nonce-${nonces}`,
    oauth_version: "1.0",
    oauth_token: signer.token,
    ...signer.oauth,
  };
  return Object.entries(usual).filter((pair): pair is [string, string] => pair[1] !== undefined);
}

/** Signs a request. */
export function signed(signer: Signer, sent: Sent): Ready {
  const { url, form, body } = sent;
  const verb = sent.verb ?? (form === undefined && body === undefined ? "GET" : "POST");
  const oauth = oauthParameters(signer);
  const all: Pairs = [...new URL(url).searchParams, ...pairsOf(form), ...oauth];
  const signable = all.filter(([name]) => name !== "oauth_signature");
  const value = signature(signer, expectedBaseString(verb, url, signable));
  const carried: Pairs = oauth.some(([name]) => name === "oauth_signature")
    ? oauth
    : [...oauth, ["oauth_signature", value]];
  return placed(signer, { ...sent, verb }, carried);
}

function pairsOf(form: Sent["form"]): Pairs {
  return (form ?? []).map(([name, value]) => [name, value]);
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** Section 3.5. */
function placed({ placement, realm }: Signer, sent: Sent, carried: Pairs): Ready {
  const { url, verb = "GET", form, body, headers } = sent;
  if (placement === "body") {
    const content = joined([...pairsOf(form), ...carried]);
    return ready(url, verb, { ...FORM, ...headers }, content);
  }
  const content = form === undefined ? body : joined(pairsOf(form));
  const type = form === undefined ? {} : FORM;
  if (placement === "query") {
    const separator = url.includes("?") ? "&" : "?";
    return ready(url + separator + joined(carried), verb, { ...type, ...headers }, content);
  }
  const parameters = carried.map(([name, text]) => `${encode(name)}="${encode(text)}"`);
  if (realm !== undefined) parameters.unshift(`realm="${realm}"`);
  const authorization = `OAuth ${parameters.join(", ")}`;
  return ready(url, verb, { ...type, authorization, ...headers }, content);
}

function ready(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: Sent["body"],
): Ready {
  const init = { method, headers, redirect: "manual" } as const;
  return { url, init: body === undefined ? init : { ...init, body } };
}

/** Signs a request and sends it. */
export function send(signer: Signer, sent: Sent): Promise<Response> {
  const { url, init } = signed(signer, sent);
  return fetch(url, init);
}

/** The `oauth_body_hash` of a body. */
export function bodyHash(body: string | Uint8Array, digest: string = "sha1"): string {
  return createHash(digest).update(body).digest("base64");
}

/** The fields of a form-encoded reply. */
export async function fields(reply: Response | Promise<Response>): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await (await reply).text()));
}
