import { describe, expect, it } from "@jest/globals";
import { sign } from "@grantkit/oauth1";
import { servedDemo } from "./faults.ts";
import { OAuth1Flows } from "./oauth1-flows.ts";
import type { PlainBrowser } from "./support.ts";

const served = servedDemo(false);
const flows = new OAuth1Flows(served);

describe("verifying a request", () => {
  const verify = (visitor: PlainBrowser, fields: Record<string, string> = {}): Promise<string> =>
    flows.use(visitor, "oauth1-verify", fields);

  it.each(["HMAC-SHA256", "RSA-SHA512"])("accepts the last one sent, once: %s", async (method) => {
    const visitor = await flows.signedIn();
    await flows.call(visitor, { method, request: "json" });
    const result = await verify(visitor);
    expect(result).toContain("The request is good");
    expect(result).toContain(`"signatureMethod": "${method}"`);
    expect(await verify(visitor)).toContain("NONCE_USED");
    expect(await verify(visitor, { copies: "on" })).toContain("The request is good");
  });

  it.each([
    [{ client_secret: "another" }, "SIGNATURE_INVALID"],
    [{ token_secret: "another" }, "SIGNATURE_INVALID"],
  ])("refuses a wrong signature: %j", async (fields, code) => {
    const visitor = await flows.signedIn();
    expect(await verify(visitor, fields)).toContain(code);
  });

  it("refuses an old one", async () => {
    const visitor = await flows.signedIn();
    served().clock.advance(301_000);
    expect(await verify(visitor)).toContain("TIMESTAMP_REFUSED");
    expect(await verify(visitor, { window: "400" })).toContain("The request is good");
  });

  it("takes a pasted one, and refuses it when a byte was changed", async () => {
    const { url, method, headers, body } = await sign(
      { method: "POST", url: "https://tool.example/launch", body: { user_id: "a b" } },
      {
        clientKey: "oauth1-emulator-consumer",
        clientSecret: "oauth1-emulator-secret",
        clock: served().clock,
      },
    );
    const lines = [...new Headers(headers)].map(([name, value]) => `${name}: ${value}`);
    const text = `${method} ${url}\n${lines.join("\n")}\n\n${String(body)}`;
    const result = await verify(flows.browser(), { received: text });
    expect(result).toContain("The request is good");
    expect(result).toContain('"user_id": "a b"');
    const changed = text.replace("user_id=a", "user_id=b");
    expect(await verify(flows.browser(), { received: changed })).toContain("SIGNATURE_INVALID");
  });

  it.each(["nonsense", "GET /relative", "GET https://a.example/x"])(
    "names what is wrong with other text: %s",
    async (received) => {
      expect(await verify(flows.browser(), { received })).toMatch(/FIELD_INVALID|INVALID_REQUEST/);
    },
  );
});
