/** The built-in methods that sign with the two secrets. */
export const SECRET_METHODS = ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"] as const;

/** The built-in methods that sign with a private key. */
export const RSA_METHODS = ["RSA-SHA1", "RSA-SHA256", "RSA-SHA512"] as const;

/** Every built-in method. */
export const METHODS = [...SECRET_METHODS, ...RSA_METHODS] as const;
