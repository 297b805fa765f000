import { createHmac } from "node:crypto";
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { type GitHubWebhook, verifyWebhook } from "@grantkit/provider-github";
import { thrown } from "../../core/test/support/thrown.ts";
import { polluted } from "../../core/test/support/prototype-traps.ts";

const secret = "secret-canary of the webhook";
const payload = JSON.stringify({ action: "opened", text: "é and \u{1f600}" });

const headersOf = (body: string | Uint8Array, key = secret, extra = {}) => ({
  "Content-Type": "application/json",
  "X-GitHub-Event": "issues",
  "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
  "X-GitHub-Hook-ID": "292430182",
  "X-Hub-Signature-256": `sha256=${createHmac("sha256", key).update(body).digest("hex")}`,
  ...extra,
});
const requestOf = (body: string | Uint8Array, headers: Record<string, string> = headersOf(body)) =>
  new Request("https://app.example.com/webhook", {
    method: "POST",
    headers,
    body: body as string,
  });
const refusal = (
  delivery: Parameters<typeof verifyWebhook>[0],
  secrets: string | string[] = secret,
) => thrown(verifyWebhook(delivery, secrets));

async function withoutNode(act: () => Promise<void>): Promise<void> {
  const original = Object.getOwnPropertyDescriptor(process, "getBuiltinModule");
  Object.defineProperty(process, "getBuiltinModule", { value: undefined, configurable: true });
  try {
    await act();
  } finally {
    if (original) Object.defineProperty(process, "getBuiltinModule", original);
  }
}

const opened = {
  event: "issues",
  deliveryId: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
  hookId: "292430182",
  payload: JSON.parse(payload) as object,
};

describe("verifyWebhook()", () => {
  it("accepts the signature of GitHub's documentation, and no other body", async () => {
    // https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    const official = "It's a Secret to Everybody";
    const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const headers = headersOf("", "", { "X-Hub-Signature-256": signature });
    // It is signed, but is no JSON: that is found only after the signature.
    expect(await refusal({ headers, body: "Hello, World!" }, official)).toMatchObject({
      code: "CALLBACK_INVALID",
    });
    expect(await refusal({ headers, body: "Hello, World" }, official)).toMatchObject({
      code: "SIGNATURE_INVALID",
      details: { check: "mismatch" },
    });
  });

  it("reads a web-standard request", async () => {
    expect(await verifyWebhook(requestOf(payload), secret)).toEqual(opened);
  });

  it("reads a body as bytes and as text, with headers of any kind", async () => {
    const headers = headersOf(payload);
    const lower = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    for (const each of [headers, lower, new Headers(headers)]) {
      for (const body of [payload, Buffer.from(payload), new TextEncoder().encode(payload)]) {
        expect(await verifyWebhook({ headers: each, body }, secret)).toEqual(opened);
      }
    }
  });

  it("reads the raw body of a server of Node.js", async () => {
    const received = await new Promise<GitHubWebhook>((resolve, reject) => {
      const server = createServer((incoming, outgoing) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => {
          outgoing.end();
          server.close();
          const { headers } = incoming;
          verifyWebhook({ headers, body: Buffer.concat(chunks) }, secret).then(resolve, reject);
        });
      }).listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo;
        const options = { port, host: "127.0.0.1", method: "POST", headers: headersOf(payload) };
        send(options).end(payload);
      });
    });
    expect(received).toEqual(opened);
  });

  it("reads the payload of a webhook with the content type form", async () => {
    const form = new URLSearchParams({ payload }).toString();
    const type = { "Content-Type": "application/x-www-form-urlencoded" };
    const { payload: read } = await verifyWebhook(
      requestOf(form, headersOf(form, secret, type)),
      secret,
    );
    expect(read).toEqual(opened.payload);
  });

  it("accepts several secrets while one replaces the other", async () => {
    expect(await verifyWebhook(requestOf(payload), ["next", secret])).toEqual(opened);
    expect(await refusal(requestOf(payload), ["next", "other"])).toMatchObject({
      code: "SIGNATURE_INVALID",
    });
  });

  it.each<[string, string | undefined, string]>([
    ["no signature", undefined, "missing"],
    ["a signature of SHA-1", "sha1=f572d396fae9206628714fb2ce00f72e94f2258f", "malformed"],
    ["a signature that is too short", "sha256=757107", "malformed"],
    ["a signature that is no hex", `sha256=${"x".repeat(64)}`, "malformed"],
    ["a signature with another secret", headersOf(payload, "x")["X-Hub-Signature-256"], "mismatch"],
    ["the signature of another body", headersOf("{}")["X-Hub-Signature-256"], "mismatch"],
  ])("refuses %s", async (_, signature, check) => {
    const { "X-Hub-Signature-256": _right, ...headers } = headersOf(payload);
    const given = { ...headers, ...(signature && { "X-Hub-Signature-256": signature }) };
    const error = await refusal(requestOf(payload, given));
    expect(error).toMatchObject({ code: "SIGNATURE_INVALID", details: { check } });
    expect(inspect(error, { depth: 9 })).not.toContain("canary");
  });

  it("does not believe the older header, whose SHA-1 is right", async () => {
    const sha1 = createHmac("sha1", secret).update(payload).digest("hex");
    const { "X-Hub-Signature-256": _right, ...headers } = headersOf(payload);
    expect(
      await refusal(requestOf(payload, { ...headers, "X-Hub-Signature": `sha1=${sha1}` })),
    ).toMatchObject({ details: { check: "missing" } });
  });

  it.each(["[", "[]", "7", "null", '"text"', ""])("refuses the signed payload %j", async (body) => {
    expect(await refusal({ headers: headersOf(body), body })).toMatchObject({
      code: "CALLBACK_INVALID",
    });
  });

  it("refuses a delivery without an event, one that was read before, and one that is too large", async () => {
    const { "X-GitHub-Event": _event, ...headers } = headersOf(payload);
    const read = requestOf(payload);
    await read.text();
    const large = requestOf(payload, headersOf(payload, secret, { "Content-Length": "26214401" }));
    for (const delivery of [requestOf(payload, headers), read, large]) {
      expect(await refusal(delivery)).toMatchObject({ code: "CALLBACK_INVALID" });
    }
    const body = new Uint8Array(25 * 1024 * 1024 + 1);
    const text = "é".repeat(body.length / 2 + 1);
    for (const each of [body, text]) {
      expect(await refusal({ headers: headersOf(payload), body: each })).toMatchObject({
        code: "CALLBACK_INVALID",
      });
    }
  });

  it("verifies a signature without Node's crypto", async () => {
    await withoutNode(async () => {
      for (const body of [payload, new TextEncoder().encode(payload)]) {
        expect(await verifyWebhook({ headers: headersOf(body), body }, secret)).toEqual(opened);
        expect(await refusal({ headers: headersOf(body), body }, "other")).toMatchObject({
          details: { check: "mismatch" },
        });
      }
    });
  });

  it("reads a body of unknown length, and no more of it than GitHub sends", async () => {
    const streamed = (body: ReadableStream) =>
      new Request("https://app.example.com/webhook", {
        method: "POST",
        headers: headersOf(payload),
        body,
        duplex: "half",
      });
    expect(await verifyWebhook(streamed(new Blob([payload]).stream()), secret)).toEqual(opened);
    let sent = 0;
    const pull = (body: ReadableStreamDefaultController) => {
      sent += 1;
      if (sent > 100) body.close();
      else body.enqueue(new Uint8Array(1024 * 1024));
    };
    const error = await refusal(streamed(new ReadableStream({ pull })));
    expect(error).toMatchObject({ code: "CALLBACK_INVALID" });
    expect(error.message).toMatch(/larger than 25 MB/);
    expect(sent).toBeLessThan(30);
    // Somebody else holds on to this one, and so it cannot be canceled.
    const shared = streamed(new ReadableStream({ pull }));
    expect(await refusal(shared.clone())).toMatchObject({ code: "CALLBACK_INVALID" });
  });

  it("refuses a request whose body breaks off, or which somebody else reads", async () => {
    const broken = new ReadableStream({ pull: (body) => body.error(new Error("reset")) });
    const init = { method: "POST", headers: headersOf(payload), body: broken, duplex: "half" };
    const locked = requestOf(payload);
    locked.body?.getReader();
    for (const request of [new Request("https://app.example.com", init as RequestInit), locked]) {
      expect(await refusal(request)).toMatchObject({ code: "CALLBACK_INVALID" });
    }
  });

  it.each([undefined, null, {}, { body: payload }, "text"])("refuses %j", async (delivery) => {
    expect(await refusal(delivery as never)).toMatchObject({ code: "CONFIGURATION_INVALID" });
  });

  it("refuses a missing secret and a body that was parsed", async () => {
    for (const secrets of ["", [], [""], null as never]) {
      expect(await refusal(requestOf(payload), secrets)).toMatchObject({
        code: "CONFIGURATION_INVALID",
      });
    }
    const parsed = { headers: headersOf(payload), body: opened.payload } as never;
    expect((await refusal(parsed)).message).toMatch(/raw body/);
  });

  it("takes no signature from a polluted Object.prototype", async () => {
    const { "X-Hub-Signature-256": signature, ...headers } = headersOf(payload);
    await polluted({ "x-hub-signature-256": signature }, async () => {
      expect(await refusal({ headers, body: payload })).toMatchObject({
        details: { check: "missing" },
      });
    });
  });
});
