import { afterEach, expect } from "@jest/globals";
import { OAuthError } from "@grantkit/core";
import { leaksOf } from "./canaries.ts";

/** Every error of ours that the running test has provoked, whoever caught it. */
const made: OAuthError[] = [];
const MOST = 2_000;

class RecordedError extends Error {
  constructor(message?: string) {
    super(message);
    if (made.length < MOST) made.push(this as unknown as OAuthError);
  }
}

// super() of a class asks for the class's prototype when it runs: so every OAuthError comes by here.
Object.setPrototypeOf(OAuthError, RecordedError);

afterEach(() => {
  const leaks = made.splice(0).flatMap((error) => leaksOf(error));
  expect(leaks).toEqual([]);
});
