import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import { ConfigurationError } from "@grantkit/provider-github";
import { expectNoCanary, rejectionOf } from "../../core/test/support/canaries.ts";
import { startedApp } from "./app-support.ts";

let emulator: GitHubEmulator;
let another: Awaited<ReturnType<typeof startedApp>>["another"];

beforeAll(async () => {
  ({ emulator, another } = await startedApp());
});
afterAll(() => emulator.close());

const pem = (body: string): string =>
  `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----\n`;
const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

it.each<[string, string]>([
  ["a text", "not-a-key-canary"],
  ["PEM of garbage", pem("Z2FyYmFnZS1jYW5hcnk")],
  [
    "a certificate",
    "-----BEGIN CERTIFICATE-----\nMIIBcanary0123456789\n-----END CERTIFICATE-----\n",
  ],
  ["an elliptic-curve key", elliptic.export({ type: "pkcs8", format: "pem" }) as string],
  [
    "the public half",
    generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({
      type: "spki",
      format: "pem",
    }) as string,
  ],
])("a private key that is %s signs nothing, and is in no error", async (_, privateKey) => {
  const app = another({ privateKey });
  const [installation = 0] = emulator.installationIds;
  const [, line = privateKey] = privateKey.split("\n");
  for (const ask of [
    () => app.appSession().get("/app"),
    () => app.fetchInstallationToken(installation),
  ]) {
    const error = await rejectionOf(ask());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringContaining("key"),
    });
    expectNoCanary(error, line);
  }
  expect(emulator.requests).toEqual([]);
});
