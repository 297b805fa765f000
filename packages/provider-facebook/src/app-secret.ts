import { ConfigurationError } from "@grantkit/core";

/** Gives the app secret, which a client may have from a function. */
export type AppSecret = () => string | undefined | Promise<string>;

/** Signs texts with the app secret (HMAC-SHA256), and verifies such signatures. */
export class AppSecretKey {
  readonly #secret: AppSecret;
  #imported: string | undefined;
  #key: ReturnType<typeof crypto.subtle.importKey> | undefined;

  constructor(secret: AppSecret) {
    this.#secret = secret;
  }

  /** @throws ConfigurationError that names the call, for a client without a secret. */
  async sign(text: string, call: string): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.sign("HMAC", await this.#current(call), bytes(text)));
  }

  /**
   * Whether a signature is that of the text, in constant time.
   *
   * @throws ConfigurationError that names the call, for a client without a secret.
   */
  async verify(signature: ArrayBuffer, text: string, call: string): Promise<boolean> {
    return crypto.subtle.verify("HMAC", await this.#current(call), signature, bytes(text));
  }

  async #current(call: string) {
    const secret = await requiredSecret(this.#secret, call);
    if (this.#key === undefined || secret !== this.#imported) {
      const algorithm = { name: "HMAC", hash: "SHA-256" };
      this.#imported = secret;
      this.#key = crypto.subtle.importKey("raw", bytes(secret), algorithm, false, [
        "sign",
        "verify",
      ]);
    }
    return this.#key;
  }
}

/** @throws ConfigurationError that names the call, for a client without a secret. */
export async function requiredSecret(appSecret: AppSecret, call: string): Promise<string> {
  const secret = await appSecret();
  if (secret !== undefined) return secret;
  throw new ConfigurationError(
    call,
    ["clientSecret is missing: it needs the app secret"],
    "facebook",
  );
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
