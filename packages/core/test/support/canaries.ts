import { expect } from "@jest/globals";
import type { AxiosError } from "axios";
import { inspect } from "node:util";

/** One secret of each kind. An error that contains one has leaked it. */
export const CANARY = {
  accessToken: "canary-access-token-Kq7VwZ3s",
  refreshToken: "canary-refresh-token-Xp2RmB8t",
  clientSecret: "canary-client-secret-Jd5LfN9u",
  code: "canary-authorization-code-Gh4YcT6v",
  idToken: "canaryIdTokenSubjectWb1EoS0x",
  userData: "canary-user-data-Mz8QiU4y",
} as const;

/** Makes `inspect` show the FormData class of an axios config by its name only: all its methods would take milliseconds. */
function abbreviateFormData(error: unknown): void {
  const { FormData } = (error as AxiosError | undefined)?.config?.env ?? {};
  if (FormData && !Object.hasOwn(FormData, inspect.custom)) {
    Object.defineProperty(FormData, inspect.custom, { value: () => "[class FormData]" });
  }
}

/** An error as every log, console and serializer shows it. */
function faces(error: unknown): string[] {
  abbreviateFormData(error);
  const { message, stack, cause } = (error ?? {}) as Partial<Error>;
  let cloned: unknown;
  try {
    cloned = structuredClone(error);
  } catch {
    // An error that cannot be cloned cannot leak that way.
  }
  return [
    String(message),
    String(stack),
    String(error),
    JSON.stringify(error) ?? "",
    JSON.stringify({ error }),
    inspect(error, { depth: 10, showHidden: true }),
    inspect(cloned, { depth: 10, showHidden: true }),
    inspect(cause, { depth: 10, showHidden: true }),
    inspect({ ...(error as object) }, { depth: 10 }),
  ];
}

/** A secret as it is, and as forms, URLs and HTTP Basic encode it. */
function formsOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    // At any position in a longer base64 text, without the characters that it shares with its neighbors.
    ...[0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)])
        .toString("base64url")
        .slice(shift === 0 ? 0 : 4, -4),
    ),
  ];
}

/** The secrets of the example provider. */
const EXAMPLE_SECRETS = ["client-secret-canary", "code-canary", "at-first-0001"];

const FORMS = [...new Set([...Object.values(CANARY), ...EXAMPLE_SECRETS].flatMap(formsOf))];

/** The secrets that an error shows. */
export function leaksOf(error: unknown, further: readonly string[] = []): string[] {
  const forms = [...FORMS, ...further.flatMap(formsOf)];
  return faces(error).flatMap((face) => forms.filter((form) => face.includes(form)));
}

/** Checks that nothing of an error shows a canary. */
export function expectNoCanary(error: unknown, ...further: readonly string[]): void {
  expect(leaksOf(error, further)).toEqual([]);
}

/** The error that a promise is rejected with; fails when it is not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    expectNoCanary(error);
    return error;
  }
  throw new Error("nothing was thrown");
}
