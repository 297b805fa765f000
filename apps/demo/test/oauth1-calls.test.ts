import { describe, expect, it } from "@jest/globals";
import { servedDemo } from "./faults.ts";
import { OAuth1Flows } from "./oauth1-flows.ts";

const served = servedDemo(false);
const flows = new OAuth1Flows(served);

describe("a signed call", () => {
  it("is shown with its signature, in each place", async () => {
    const visitor = await flows.signedIn();
    expect(await flows.call(visitor)).toMatch(
      /OAuth oauth_consumer_key="oauth1-emulator-consumer", .*oauth_signature="[\w%]{28,}"/,
    );
    expect(await flows.call(visitor, { placement: "query" })).toMatch(
      /Parameters in the URL .*oauth_signature [\w+/]{27}= /,
    );
    expect(await flows.call(visitor, { placement: "body", request: "form" })).toMatch(
      /engine Analytical & difference .*oauth_signature [\w+/]{27}= /,
    );
  });

  it("has a body hash for a body that is not a form", async () => {
    const result = await flows.call(await flows.signedIn(), {
      request: "json",
      method: "HMAC-SHA256",
    });
    expect(result).toContain("oauth_body_hash=");
    expect(result).toContain('"bodyHashChecked": true');
  });

  it.each(["get", "json"])(
    "whose signature would go into a form that it has not is not sent: %s",
    async (request) => {
      const result = await flows.call(await flows.signedIn(), { request, placement: "body" });
      expect(result).toContain("REQUEST_UNSIGNABLE");
      expect(result).toContain("Nothing went over the wire");
    },
  );

  it.each(["HMAC-SHA1", "RSA-SHA256"])(
    "with a wrong secret is refused, and the server's base string shown: %s",
    async (method) => {
      const visitor = await flows.signedIn();
      const result = await flows.call(visitor, { method, fault: "wrong-secret" });
      expect(result).toContain("signature_invalid");
      expect(result).toMatch(/ GET&http%3A%2F%2F127\.0\.0\.1[^ ]*oauth_token%3D1815…/);
      expect(await flows.call(visitor, { method })).toContain("Ada Lovelace");
    },
  );

  it("shows the base string only with its own call", async () => {
    const visitor = await flows.signedIn();
    expect(await flows.call(visitor, { fault: "wrong-secret" })).toContain(
      "What the server signed",
    );
    for (const choice of [{ method: "PLAINTEXT" }, { placement: "body" }]) {
      const result = await flows.call(visitor, { ...choice, fault: "wrong-secret" });
      expect(result).toMatch(/signature_invalid|REQUEST_UNSIGNABLE/);
      expect(result).not.toContain("What the server signed");
    }
  });

  it("with a clock that is wrong is refused for its timestamp", async () => {
    const result = await flows.call(await flows.signedIn(), { fault: "clock-ahead" });
    expect(result).toContain("timestamp_refused");
  });

  it("works without a user too, signed by the app alone", async () => {
    const result = await flows.use(flows.browser(), "oauth1-two-legged", {
      url: "/echo",
      method: "RSA-SHA512",
    });
    expect(result).toContain('"user": null');
    expect(result).toContain('"consumer": "oauth1-emulator-consumer"');
  });
});
