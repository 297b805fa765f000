import { createHash } from "node:crypto";
import { expect, it, jest } from "@jest/globals";

it("makes the same challenges with WebCrypto, where there is no node:crypto", async () => {
  const original = Object.getOwnPropertyDescriptor(process, "getBuiltinModule");
  Object.defineProperty(process, "getBuiltinModule", { value: undefined, configurable: true });
  try {
    jest.resetModules();
    const { randomToken } = await import("../src/crypto/random.ts");
    const { sha256 } = await import("../src/crypto/digest.ts");
    const verifier = randomToken();
    expect(verifier).toMatch(/^[\w-]{43}$/);
    const challenge = sha256(verifier);
    expect(typeof challenge).toBe("object"); // a promise: WebCrypto was used
    expect(await challenge).toBe(createHash("sha256").update(verifier).digest("base64url"));
    expect(await sha256(verifier, "hex")).toBe(createHash("sha256").update(verifier).digest("hex"));
  } finally {
    if (original) Object.defineProperty(process, "getBuiltinModule", original);
  }
});

it("makes the challenge of RFC 7636's example", async () => {
  const { sameSecret } = await import("../src/crypto/random.ts");
  const { sha256 } = await import("../src/crypto/digest.ts");
  expect(await sha256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe(
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
  expect(sameSecret("a", "a")).toBe(true);
  for (const [a, b] of [
    ["a", "b"],
    ["a", ""],
    ["", "a"],
    ["aa", "a"],
    ["a", "aa"],
  ] as const) {
    expect(sameSecret(a, b)).toBe(false);
  }
});
