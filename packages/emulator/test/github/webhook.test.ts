import { createHmac } from "node:crypto";
import { expect, it } from "@jest/globals";
import { startGitHub } from "../../src/index.ts";
import { startReceiver } from "../support/receiver.ts";
import type { ReceivedRequest } from "../support/receiver.ts";
import { closedAfterEach } from "../support/running.ts";

const running = closedAfterEach();
const hmac = (algorithm: string, secret: string, body: string): string =>
  `${algorithm}=${createHmac(algorithm, secret).update(body).digest("hex")}`;

it("delivers an event as JSON, with both signatures of the raw body", async () => {
  const github = await running(startGitHub());
  const { url, received } = await running(startReceiver());
  const payload = { action: "revoked", sender: { login: "émilie" } };
  const response = await github.deliverWebhook(url, "github_app_authorization", payload);
  expect(response.status).toBe(303);
  const [{ headers, body }] = received as [ReceivedRequest];
  expect(JSON.parse(body)).toEqual(payload);
  expect(headers).toMatchObject({
    "content-type": "application/json",
    "user-agent": expect.stringMatching(/^GitHub-Hookshot\//),
    "x-github-event": "github_app_authorization",
    "x-github-delivery": expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    "x-github-hook-id": expect.stringMatching(/^\d+$/),
    "x-hub-signature": hmac("sha1", github.webhookSecret, body),
    "x-hub-signature-256": hmac("sha256", github.webhookSecret, body),
  });
});

it("signs GitHub's test vector with the signature in GitHub's documentation", async () => {
  const github = await running(startGitHub());
  const { url, received } = await running(startReceiver());
  await github.deliverWebhook(url, "push", "Hello, World!", {
    secret: "It's a Secret to Everybody",
  });
  expect(received[0]?.body).toBe("Hello, World!");
  expect(received[0]?.headers["x-hub-signature-256"]).toBe(
    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
  );
});

it("delivers with a wrong signature, without one, with the old one only, and a tampered body", async () => {
  const github = await running(startGitHub());
  const { url, received } = await running(startReceiver());
  for (const signature of ["wrong", "absent", "sha1-only", "of-another-body"] as const) {
    await github.deliverWebhook(url, "push", { ref: "main" }, { signature });
  }
  const expected = hmac("sha256", github.webhookSecret, '{"ref":"main"}');
  const [wrong, absent, old, tampered] = received.map(({ headers }) => headers);
  expect(wrong?.["x-hub-signature-256"]).toMatch(/^sha256=[0-9a-f]{64}$/);
  expect(wrong?.["x-hub-signature-256"]).not.toBe(expected);
  expect(absent).not.toHaveProperty("x-hub-signature-256");
  expect(absent).not.toHaveProperty("x-hub-signature");
  expect(old).toHaveProperty("x-hub-signature");
  expect(old).not.toHaveProperty("x-hub-signature-256");
  expect(tampered?.["x-hub-signature-256"]).toBe(expected);
  expect(received[3]?.body).toBe('{"ref":"main"} ');
});

it("delivers as a form on demand, signed as it is sent", async () => {
  const github = await running(startGitHub());
  const { url, received } = await running(startReceiver());
  await github.deliverWebhook(
    url,
    "push",
    { ref: "a b" },
    { contentType: "form", delivery: "d-1" },
  );
  const [{ headers, body }] = received as [ReceivedRequest];
  expect(new URLSearchParams(body).get("payload")).toBe('{"ref":"a b"}');
  expect(headers).toMatchObject({
    "content-type": "application/x-www-form-urlencoded",
    "x-github-delivery": "d-1",
    "x-hub-signature-256": hmac("sha256", github.webhookSecret, body),
  });
});

it("delivers to this machine only", async () => {
  const github = await running(startGitHub());
  await expect(github.deliverWebhook("https://a.example/hook", "push", {})).rejects.toThrow(
    /this machine/,
  );
});
