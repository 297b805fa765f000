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
  readonly init: RequestInit & { readonly headers: Record<string, string> };
}

type Pairs = [string, string][];

/** Section 3.6. */
export const encode = (text: string): string =>
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
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
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
export function signed(signer: Signer, { url, verb, form, body, headers = {} }: Sent): Ready {
  const { placement = "header", realm } = signer;
  const fields: Pairs = (form ?? []).map(([name, value]) => [name, value]);
  const method = verb ?? (form === undefined && body === undefined ? "GET" : "POST");
  const oauth = oauthParameters(signer);
  const all = [...new URL(url).searchParams, ...fields, ...oauth];
  const value = signature(signer, expectedBaseString(method, url, all));
  const forged = signer.oauth?.["oauth_signature"];
  const carried: Pairs = [...oauth.filter(([name]) => name !== "oauth_signature")];
  carried.push(["oauth_signature", forged ?? value]);
  const isForm = form !== undefined || placement === "body";
  const type = isForm ? { "content-type": "application/x-www-form-urlencoded" } : {};
  const content = isForm ? joined(placement === "body" ? [...fields, ...carried] : fields) : body;
  const inHeader = carried.map(([name, text]) => `${encode(name)}="${encode(text)}"`);
  if (realm !== undefined) inHeader.unshift(`realm="${realm}"`);
  const separator = url.includes("?") ? "&" : "?";
  return {
    url: placement === "query" ? `${url}${separator}${joined(carried)}` : url,
    init: {
      method,
      redirect: "manual",
      headers: {
        ...type,
        ...(placement === "header" ? { authorization: `OAuth ${inHeader.join(", ")}` } : {}),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
    },
  };
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
