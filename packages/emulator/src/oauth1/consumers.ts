import { createPublicKey, generateKeyPair } from "node:crypto";
import type { JsonWebKey, KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { JWK } from "jose";
import { isLoopbackUrl } from "../server/loopback-server.ts";

/** A further application beside the registered one. */
export interface OAuth1Consumer {
  /** Consumer key, the `oauth_consumer_key` of requests. */
  readonly key: string;
  /** Consumer secret. */
  readonly secret: string;
  /**
   * Name on the consent page.
   *
   * @defaultValue the key
   */
  readonly name?: string;
  /**
   * RSA public key for RSA-SHA1, RSA-SHA256 and RSA-SHA512, as PEM or JWK.
   *
   * @defaultValue none: these methods are rejected
   */
  readonly publicKey?: string | JWK;
  /**
   * Registered callback URLs; their queries may differ. `"any"` allows any absolute URL.
   *
   * @defaultValue any http or https URL of this machine
   */
  readonly callbacks?: readonly string[] | "any";
}

/** A consumer with an imported key. */
export interface KnownConsumer {
  readonly key: string;
  readonly secret: string;
  readonly name: string;
  readonly callbacks: readonly string[] | "any" | undefined;
  publicKey: KeyObject | undefined;
}

/** Imports the key of a consumer. Throws a TypeError if the consumer is invalid. */
export function knownConsumer(consumer: OAuth1Consumer): KnownConsumer {
  const { key, secret, name = key, publicKey, callbacks } = consumer;
  if (typeof key !== "string" || typeof secret !== "string" || key === "" || secret === "") {
    throw new TypeError("The emulator of OAuth 1.0a: each consumer needs a key and a secret.");
  }
  return {
    key,
    secret,
    name,
    callbacks,
    publicKey: publicKey === undefined ? undefined : importKey(publicKey, key),
  };
}

/** Gives the consumer a new RSA key of 2048 bits, and resolves to its private half: PKCS #8 in PEM form. */
export async function createConsumerKey(consumer: KnownConsumer): Promise<string> {
  const pair = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  consumer.publicKey = pair.publicKey;
  return pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Whether the consumer has registered this callback URL. Queries may differ, as at Twitter. */
export function isRegisteredCallback({ callbacks }: KnownConsumer, callback: string): boolean {
  // An absolute URI is ASCII (RFC 3986); URL.canParse would drop line breaks.
  if (!/^[\x21-\x7e]+$/.test(callback) || !URL.canParse(callback)) return false;
  if (callbacks === undefined) return isLoopbackUrl(callback);
  if (callbacks === "any") return !/^(?:javascript|data|vbscript):/i.test(callback);
  return callbacks.some((registered) => withoutQuery(registered) === withoutQuery(callback));
}

function importKey(publicKey: string | JWK, consumer: string): KeyObject {
  const who = `The emulator of OAuth 1.0a: the publicKey of "${consumer}"`;
  let key: KeyObject;
  try {
    key =
      typeof publicKey === "string"
        ? createPublicKey(publicKey)
        : createPublicKey({ key: publicKey as JsonWebKey, format: "jwk" });
  } catch {
    throw new TypeError(`${who} must be an RSA public key in PEM or JWK form.`);
  }
  if (key.asymmetricKeyType === "rsa") return key;
  throw new TypeError(`${who} must be an RSA key, not ${key.asymmetricKeyType}.`);
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, "");
}
