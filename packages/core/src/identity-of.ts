import { randomToken } from "./crypto/random.ts";

const identities = new WeakMap<object, string>();

/** Returns a random name for an object or a function, always the same one: no text from elsewhere equals it. */
export function identityOf(value: object): string {
  let identity = identities.get(value);
  if (identity === undefined) {
    identity = randomToken();
    identities.set(value, identity);
  }
  return identity;
}
