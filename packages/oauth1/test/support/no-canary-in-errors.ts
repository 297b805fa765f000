import { afterAll, afterEach } from "@jest/globals";
import { OAuth1Session, OAuth1Token, OAuthError } from "@grantkit/oauth1";
import { leaksOf } from "./leaks.ts";

// Runs before each test file. After each test it looks for secrets in every OAuthError that the test provoked, whoever
// caught it, and in every error that left a session. The published code knows nothing of it.

const provoked = new Set<unknown>();
const secrets = new Set<string>();

/** Whether a text is long enough not to be found by chance, as the short ones of fast-check may be. */
const isTelling = (text: unknown): text is string =>
  typeof text === "string" && /^[\w-]{12,}$/.test(text);

class RecordedError extends Error {
  constructor(message?: string) {
    super(message);
    provoked.add(this);
  }
}

// super() calls the class's current prototype: so every OAuthError is recorded.
Object.setPrototypeOf(OAuthError, RecordedError);

type Method = (this: unknown, ...values: unknown[]) => unknown;

/** The same method, which also records the token that it returns and the error that it rejects with. */
function watched(method: Method): Method {
  return function watchedMethod(this: unknown, ...values) {
    const outcome = method.apply(this, values);
    if (outcome instanceof OAuth1Token) remember(outcome);
    if (outcome instanceof Promise) {
      outcome.then(
        (value: unknown) => value instanceof OAuth1Token && remember(value),
        (error: unknown) => provoked.add(error),
      );
    }
    return outcome;
  };
}

function remember({ key, secret, sessionHandle }: OAuth1Token): void {
  for (const text of [key, secret, sessionHandle]) if (isTelling(text)) secrets.add(text);
}

const requests = Object.getPrototypeOf(OAuth1Session.prototype) as object;

for (const holder of [OAuth1Token, OAuth1Session.prototype, requests]) {
  for (const [name, { value, ...rest }] of Object.entries(
    Object.getOwnPropertyDescriptors(holder),
  )) {
    if (typeof value !== "function" || name === "constructor" || name === "requesting") continue;
    Object.defineProperty(holder, name, { ...rest, value: watched(value as Method) });
  }
}

/** @throws Error when an error since the last call shows a secret, which it names. */
export function checkEveryError(): void {
  const [errors, tokens] = [[...provoked], [...secrets]];
  provoked.clear();
  secrets.clear();
  for (const error of errors) {
    const [seen] = leaksOf(error, tokens);
    if (seen !== undefined) {
      throw new Error(`a secret is in an error that this test provoked: ${seen}`, { cause: error });
    }
  }
}

afterEach(checkEveryError);
afterAll(checkEveryError);
