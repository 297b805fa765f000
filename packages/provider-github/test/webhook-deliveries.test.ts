import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type GitHubEmulator, startGitHub } from "@grantkit/emulator";
import { isOAuthError, verifyWebhook } from "@grantkit/provider-github";

let emulator: GitHubEmulator;
let server: Server;
let url: string;

beforeAll(async () => {
  emulator = await startGitHub();
  server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { headers } = incoming;
      const body = Buffer.concat(chunks);
      void verifyWebhook({ headers, body }, emulator.webhookSecret).then(
        (webhook) => outgoing.end(JSON.stringify(webhook)),
        (error: unknown) => {
          const details = isOAuthError(error) ? error.details : undefined;
          outgoing.writeHead(401).end(JSON.stringify(details));
        },
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`;
});
afterAll(async () => {
  await emulator.close();
  server.close();
});

const payload = { action: "revoked", sender: { id: 1815 }, text: "é \u{1f600}" };

it.each(["json", "form"] as const)(
  "reads a delivery of the emulator as %s",
  async (contentType) => {
    const response = await emulator.deliverWebhook(url, "github_app_authorization", payload, {
      contentType,
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ event: "github_app_authorization", payload });
  },
);

it.each([
  ["wrong", "mismatch"],
  ["of-another-body", "mismatch"],
  ["absent", "missing"],
  ["sha1-only", "missing"],
] as const)("refuses a delivery whose signature is %s", async (signature, check) => {
  const response = await emulator.deliverWebhook(url, "push", payload, { signature });
  expect([response.status, await response.json()]).toEqual([401, { check }]);
});
