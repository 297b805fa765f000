import { describe, expect, it } from "@jest/globals";
import { createClientPool } from "redis";
import { isOAuthError } from "@grantkit/core";
import { type RedisClient, RedisTokenStore } from "@grantkit/store-redis";

const client: RedisClient = { eval: () => Promise.resolve(1) };
const make = (options: object): RedisTokenStore =>
  new RedisTokenStore(options as { client: RedisClient });

function problemsOf(options: object): string {
  try {
    make(options);
  } catch (error) {
    if (isOAuthError(error) && error.code === "CONFIGURATION_INVALID") return error.message;
    throw error;
  }
  return "none";
}

describe("the options of a RedisTokenStore", () => {
  it.each([
    ["client", {}],
    ["client", { client: "redis://:secret-pass@localhost" }],
    ["client", { client: null }],
    ["client", { client: { get: () => undefined } }],
    ["prefix", { client, prefix: "" }],
    ["prefix", { client, prefix: "{app}:" }],
    ["prefix", { client, prefix: "a b" }],
    ["prefix", { client, prefix: 7 }],
    ["expireAfterMs", { client, expireAfterMs: 0 }],
    ["expireAfterMs", { client, expireAfterMs: Number.NaN }],
    ["expireAfterMs", { client, expireAfterMs: 1e19 }],
    ["timeoutMs", { client, timeoutMs: Infinity }],
    ["timeoutMs", { client, timeoutMs: "5s" }],
    ["waitForReplicas", { client, waitForReplicas: 1 }],
    ["waitForReplicas.count", { client, waitForReplicas: { count: 0, timeoutMs: 1 } }],
    ["waitForReplicas.timeoutMs", { client, waitForReplicas: { count: 1 } }],
    ["mayLoseTokens", { client, mayLoseTokens: "yes" }],
    ["url", { client, url: "redis://:secret-pass@localhost" }],
  ])("%s that cannot be used is named: %j", (name, options) => {
    const message = problemsOf(options);
    expect(message).toContain(name);
    expect(message).not.toContain("secret-pass");
  });

  it("waitForReplicas needs a client with one connection", () => {
    const waitForReplicas = { count: 1, timeoutMs: 100 };
    expect(problemsOf({ client, waitForReplicas })).toContain("not a pool");
    expect(problemsOf({ client: createClientPool(), waitForReplicas })).toContain("not a pool");
  });

  it("does not take options from a polluted Object.prototype", async () => {
    const calls: string[] = [];
    const recording: RedisClient = {
      eval: (_, keys) => {
        calls.push(...keys);
        return Promise.resolve(null);
      },
    };
    const polluted = {
      prefix: "evil:",
      waitForReplicas: 1,
      mayLoseTokens: true,
      timeoutMs: 0,
      cursor: "0",
    };
    Object.assign(Object.prototype, polluted);
    try {
      await make({ client: recording }).get("k");
    } finally {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name);
    }
    expect(calls).toEqual([expect.stringMatching(/^grantkit:/)]);
  });
});
