import { expect, it } from "@jest/globals";
import { NonceMemory } from "../src/verification/nonce-memory.ts";

const use = (nonce: number | string) => ({
  clientKey: "client",
  resourceOwnerKey: undefined,
  timestamp: 1000,
  nonce: String(nonce),
  rememberFor: 600,
});

it("remembers 100,000 nonces, and no more: the ones that came first go", () => {
  const memory = new NonceMemory();
  for (let count = 0; count < 100_000; count += 1) expect(memory.use(use(count), 0)).toBe(true);
  expect(memory.use(use(99_999), 0)).toBe(false);
  expect(memory.use(use("one more"), 0)).toBe(true);
  expect(memory.use(use(50_000), 0)).toBe(false);
  expect(memory.use(use(0), 0)).toBe(true);
});

it("forgets a nonce when its time is over", () => {
  const memory = new NonceMemory();
  expect(memory.use(use("a"), 0)).toBe(true);
  expect(memory.use(use("a"), 599_999)).toBe(false);
  expect(memory.use(use("a"), 600_000)).toBe(true);
});

it("keeps clients and tokens apart, whatever is in their names", () => {
  const memory = new NonceMemory();
  expect(memory.use({ ...use("n"), clientKey: 'a","b' }, 0)).toBe(true);
  expect(memory.use({ ...use("n"), clientKey: "a", resourceOwnerKey: "b" }, 0)).toBe(true);
  expect(memory.use({ ...use("n"), clientKey: "a", resourceOwnerKey: "null" }, 0)).toBe(true);
  expect(memory.use({ ...use("n"), clientKey: "a" }, 0)).toBe(true);
  expect(memory.use({ ...use("n"), clientKey: "a" }, 0)).toBe(false);
});
