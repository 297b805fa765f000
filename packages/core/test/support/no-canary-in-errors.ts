import { afterAll, afterEach } from "@jest/globals";
import { OAuth2Session, OAuthError, Token } from "@grantkit/core";
import { leaksOf } from "./canaries.ts";

// Runs before each test file. After each test it looks for secrets in every OAuthError that the test provoked, whoever
// caught it, and in every error that left a session. The published code knows nothing of it.

/** A token of a test, for example "at-first-0001", and not a random one of fast-check, which may be found by chance. */
const TOKEN = /^(?=.{8})[a-z]+(?:-\w+)+$/i;

const provoked = new Set<unknown>();
const tokens = new Set<string>();

class RecordedError extends Error {
  constructor(message?: string) {
    super(message);
    provoked.add(this);
  }
}

// super() calls the class's current prototype: so every OAuthError is recorded.
Object.setPrototypeOf(OAuthError, RecordedError);

/** The same method, which also records the token that it returns and the error that it rejects with. */
function watched(method: (...values: unknown[]) => unknown): typeof method {
  return function watchedMethod(this: unknown, ...values) {
    const outcome = method.apply(this, values);
    if (outcome instanceof Token) remember(outcome);
    if (outcome instanceof Promise) outcome.catch((error: unknown) => provoked.add(error));
    return outcome;
  };
}

function remember({ accessToken, refreshToken, idToken }: Token): void {
  for (const text of [accessToken, refreshToken, idToken]) {
    if (text !== undefined && TOKEN.test(text)) tokens.add(text);
  }
}

const requests = Object.getPrototypeOf(OAuth2Session.prototype) as object;

for (const holder of [Token, OAuth2Session.prototype, requests]) {
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
    const value: unknown = property.value;
    if (name === "constructor") continue;
    if (typeof value === "function") {
      Object.defineProperty(holder, name, { ...property, value: watched(value as () => unknown) });
    } else if (property.get) {
      // A method that is bound when it is asked for: the same one each time.
      const bound = new WeakMap<() => unknown, () => unknown>();
      Object.defineProperty(holder, name, {
        ...property,
        get(this: object): unknown {
          const given = property.get?.call(this) as () => unknown;
          if (typeof given !== "function") return given;
          if (!bound.has(given)) bound.set(given, watched(given));
          return bound.get(given);
        },
      });
    }
  }
}

/** @throws Error when an error since the last call shows a canary or a token, which it names. */
export function checkEveryError(): void {
  const [errors, secrets] = [[...provoked], [...tokens]];
  provoked.clear();
  tokens.clear();
  for (const error of errors) {
    const [seen] = leaksOf(error, secrets);
    if (seen !== undefined) {
      throw new Error(`a secret is in an error that this test provoked: ${seen}`, { cause: error });
    }
  }
}

afterEach(checkEveryError);
afterAll(checkEveryError);
