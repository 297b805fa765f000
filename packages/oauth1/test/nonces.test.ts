import { describe, expect, it } from "@jest/globals";
import { sign } from "@grantkit/oauth1";
import { randomNonce } from "../src/signing/crypto.ts";
import { NonceMemory } from "../src/verification/nonce-memory.ts";

describe("nonces", () => {
  it("of 100,000 are all different, and each of their 128 bits varies", () => {
    const nonces = new Set<string>();
    let [ones, anyOnes] = [(1n << 128n) - 1n, 0n];
    for (let count = 0; count < 100_000; count += 1) {
      const nonce = randomNonce();
      nonces.add(nonce);
      ones &= BigInt(`0x${nonce}`);
      anyOnes |= BigInt(`0x${nonce}`);
    }
    expect([nonces.size, ones, anyOnes]).toEqual([100_000, 0n, (1n << 128n) - 1n]);
    expect([...nonces].filter((nonce) => !/^[0-9a-f]{32}$/.test(nonce))).toEqual([]);
  });

  it("are new in each of 1,000 signatures", async () => {
    const nonces = new Set<string | undefined>();
    for (let count = 0; count < 1000; count += 1) {
      const { headers } = await sign(
        { url: "https://example.com/" },
        { clientKey: "k", clientSecret: "s" },
      );
      nonces.add(/oauth_nonce="([0-9a-f]{32})"/.exec(headers["Authorization"] ?? "")?.[1]);
    }
    expect(nonces.size).toBe(1000);
    expect(nonces).not.toContain(undefined);
  });
});

const use = (nonce: number | string) => ({
  clientKey: "client",
  resourceOwnerKey: undefined,
  timestamp: 1000,
  nonce: String(nonce),
  rememberFor: 600,
});

describe("the memory of nonces", () => {
  it("remembers 100,000 nonces, and forgets the oldest for each further one", () => {
    const memory = new NonceMemory();
    let taken = 0;
    for (let count = 0; count < 100_000; count += 1) taken += memory.use(use(count), 0) ? 1 : 0;
    expect(taken).toBe(100_000);
    expect(memory.use(use(99_999), 0)).toBe(false);
    expect(memory.use(use("one more"), 0)).toBe(true);
    expect(memory.use(use(50_000), 0)).toBe(false);
    expect(memory.use(use(0), 0)).toBe(true);
  });

  it("forgets a nonce when rememberFor is over", () => {
    const memory = new NonceMemory();
    expect(memory.use(use("a"), 0)).toBe(true);
    expect(memory.use(use("a"), 599_999)).toBe(false);
    expect(memory.use(use("a"), 600_000)).toBe(true);
  });

  it("keeps apart the nonces of clients and tokens, whatever characters their names have", () => {
    const memory = new NonceMemory();
    expect(memory.use({ ...use("n"), clientKey: 'a","b' }, 0)).toBe(true);
    expect(memory.use({ ...use("n"), clientKey: "a", resourceOwnerKey: "b" }, 0)).toBe(true);
    expect(memory.use({ ...use("n"), clientKey: "a", resourceOwnerKey: "null" }, 0)).toBe(true);
    expect(memory.use({ ...use("n"), clientKey: "a" }, 0)).toBe(true);
    expect(memory.use({ ...use("n"), clientKey: "a" }, 0)).toBe(false);
  });
});
