import { afterAll, afterEach } from "@jest/globals";
import { OAuth2Session, OAuthError, Token } from "@grantkit/core";
import { secretsIn } from "./canaries.ts";

// Runs before each test file: every error of ours that a test provokes, and every error that leaves a session, is
// looked at after the test, whether the test looks at it or not. The published code knows nothing of it.

/** Shorter ones are found by chance. */
const SHORTEST_TOKEN = 8;

const provoked = new Set<unknown>();
const tokens = new Set<string>();

class RecordedError extends Error {
  constructor(message?: string) {
    super(message);
    provoked.add(this);
  }
}
// `super()` in OAuthError asks its prototype, so this is the constructor that it finds.
Object.setPrototypeOf(OAuthError, RecordedError);

/** The same method, whose tokens and errors are remembered. */
function watched(method: (...values: unknown[]) => unknown): typeof method {
  return function (this: unknown, ...values) {
    const outcome = method.apply(this, values);
    if (outcome instanceof Token) remember(outcome);
    if (outcome instanceof Promise) outcome.catch((error: unknown) => provoked.add(error));
    return outcome;
  };
}

function remember({ accessToken, refreshToken, idToken }: Token): void {
  for (const text of [accessToken, refreshToken, idToken]) {
    if (text !== undefined && text.length >= SHORTEST_TOKEN) tokens.add(text);
  }
}

for (const holder of [Token, OAuth2Session.prototype]) {
  for (const [name, { value, ...rest }] of Object.entries(
    Object.getOwnPropertyDescriptors(holder),
  )) {
    if (typeof value !== "function" || name === "constructor") continue;
    Object.defineProperty(holder, name, { ...rest, value: watched(value as () => unknown) });
  }
}

/** @throws Error that names what was seen, when an error since the last call shows a canary or a token. */
export function checkEveryError(): void {
  const errors = [...provoked];
  const secrets = [...tokens];
  provoked.clear();
  tokens.clear();
  for (const error of errors) {
    const [seen] = secretsIn(error, secrets);
    if (seen !== undefined) {
      throw new Error(`a secret is in an error that this test provoked: ${seen}`, { cause: error });
    }
  }
}

afterEach(checkEveryError);
afterAll(checkEveryError);
