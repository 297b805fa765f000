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

/** Uses nonces of a client until one is refused, and returns how many were taken. */
function flood(
  memory: NonceMemory,
  clientKey: string,
  now: number,
  changes: (count: number) => object = () => ({}),
): number {
  for (let count = 0; ; count += 1) {
    try {
      memory.use({ ...use(count), clientKey, ...changes(count) }, now);
    } catch {
      return count;
    }
  }
}

describe("the memory of nonces", () => {
  it("remembers 100,000 nonces of a client, refuses further ones, and forgets none early", () => {
    const memory = new NonceMemory();
    memory.use({ ...use("captured"), clientKey: "victim" }, 0);
    expect(flood(memory, "client", 0)).toBe(100_000);
    expect(() => memory.use(use("one more"), 599_999)).toThrow(
      expect.objectContaining({ code: "RATE_LIMITED", retryable: true }),
    );
    for (const nonce of [0, 50_000, 99_999]) expect(memory.use(use(nonce), 599_999)).toBe(false);
    expect(memory.use({ ...use("captured"), clientKey: "victim" }, 599_999)).toBe(false);
    expect(memory.use(use("one more"), 601_000)).toBe(true);
  });

  it("leaves room for other clients, however many fill their shares", () => {
    const memory = new NonceMemory();
    memory.use({ ...use("captured"), clientKey: "victim" }, 0);
    const shares = ["a", "b", "c", "d"].map((client) => flood(memory, client, 0));
    expect(shares).toEqual([100_000, 50_000, 25_000, 12_500]);
    expect(flood(memory, "victim", 0)).toBeGreaterThan(6000);
    expect(memory.use({ ...use("captured"), clientKey: "victim" }, 599_999)).toBe(false);
  });

  it("does not give a client more room for each of its tokens", () => {
    const memory = new NonceMemory();
    const tokens = (count: number) => ({ resourceOwnerKey: `token-${count % 100}` });
    expect(flood(memory, "client", 0, tokens)).toBe(100_000);
  });

  it("forgets what has expired, behind nonces that are remembered for longer", () => {
    const memory = new NonceMemory();
    expect(memory.use({ ...use("first"), clientKey: "other", rememberFor: 172_801 }, 0)).toBe(true);
    for (const round of [0, 1, 2]) {
      expect(flood(memory, "client", round * 600_000, () => ({ timestamp: round }))).toBe(100_000);
    }
    expect(memory.use({ ...use("first"), clientKey: "other" }, 1_800_000)).toBe(false);
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
