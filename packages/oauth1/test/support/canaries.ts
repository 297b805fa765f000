import { inspect } from "node:util";
import { expect } from "@jest/globals";

/** One secret of each kind. An error that contains one has leaked it. */
export const CANARY = {
  clientSecret: "canary-client-secret-Jd5LfN9u",
  tokenSecret: "canary-token-secret-Kq7VwZ3s",
  token: "canary-token-Xp2RmB8t",
  verifier: "canary-verifier-Gh4YcT6v",
  data: "canary-user-data-Mz8QiU4y",
  password: "canary-xauth-password-Tr4NnE7e",
  sessionHandle: "canary-session-handle-Vb6HyP1a",
} as const;

/** Checks that no log, console or serializer shows a canary, or a line of a key, of an error. */
function expectNoCanary(error: unknown): void {
  const faces = [
    String(error),
    String((error as Error).stack),
    JSON.stringify(error),
    inspect(error, { depth: 10, showHidden: true }),
    inspect(structuredClone(error), { depth: 10, showHidden: true }),
  ].join("\n");
  for (const secret of Object.values(CANARY)) {
    expect(faces).not.toContain(secret);
    expect(faces).not.toContain(Buffer.from(secret).toString("base64").slice(0, -4));
  }
  expect(faces).not.toMatch(/MII[\w+/]{16}/);
}

/** The error of work that fails; fails when it does not, or when the error shows a secret. */
export async function errorOf(work: () => unknown): Promise<Error & Record<string, unknown>> {
  try {
    await work();
  } catch (error) {
    expectNoCanary(error);
    return error as Error & Record<string, unknown>;
  }
  throw new Error("nothing was thrown");
}
