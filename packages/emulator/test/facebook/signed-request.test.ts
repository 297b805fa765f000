import { createHmac } from "node:crypto";
import { expect, it } from "@jest/globals";
import { startFacebook } from "../../src/index.ts";
import type { FacebookEmulator, FacebookSignedRequest } from "../../src/index.ts";
import { testClock } from "../support/clock.ts";
import { startReceiver } from "../support/receiver.ts";
import { closedAfterEach } from "../support/running.ts";

const running = closedAfterEach();
const clock = testClock();

/** Whether the signature fits the payload part, and the payload. */
function opened(facebook: FacebookEmulator, signedRequest: string) {
  const [signature = "", payload = ""] = signedRequest.split(/\.(.*)/);
  const expected = createHmac("sha256", facebook.clientSecret).update(payload).digest();
  const text = Buffer.from(payload, "base64url").toString();
  return { fits: Buffer.from(signature, "base64url").equals(expected), signature, payload, text };
}

it("signs requests over the encoded payload, without padding or with it", async () => {
  const facebook = await running(startFacebook({ now: clock.now }));
  const plain = opened(facebook, facebook.createSignedRequest());
  expect(plain.fits).toBe(true);
  expect(JSON.parse(plain.text)).toEqual({
    algorithm: "HMAC-SHA256",
    issued_at: clock.now() / 1000,
    user_id: "10223344556677881",
  });
  expect(plain.signature + plain.payload).toMatch(/^[\w-]+$/);
  const user = "Grace Hopper";
  const padded = opened(facebook, facebook.createSignedRequest({ user, padded: true }));
  expect(padded.fits).toBe(true);
  expect(padded.signature).toMatch(/^[\w-]+=$/);
  expect(JSON.parse(padded.text)).toHaveProperty("user_id", "10223344556677882");
  const more = facebook.createSignedRequest({ payload: { code: "AQ", expires: 7 } });
  expect(JSON.parse(opened(facebook, more).text)).toMatchObject({ code: "AQ", expires: 7 });
});

it.each<[NonNullable<FacebookSignedRequest["flaw"]>, boolean, RegExp]>([
  ["wrong-signature", false, /"algorithm":"HMAC-SHA256"/],
  ["wrong-algorithm", true, /"algorithm":"HMAC-SHA1"/],
  ["no-algorithm", true, /^\{"issued_at"/],
  ["tampered-payload", false, /"user_id":"1"/],
  ["not-json", true, /^not JSON$/],
])("signs a request with a flaw: %s", async (flaw, fits, text) => {
  const facebook = await running(startFacebook());
  const request = opened(facebook, facebook.createSignedRequest({ flaw }));
  expect(request.fits).toBe(fits);
  expect(request.text).toMatch(text);
});

it("refuses an unknown flaw, which would be a valid request", async () => {
  const facebook = await running(startFacebook());
  const flaw = "forged-signature" as "wrong-signature";
  expect(() => facebook.createSignedRequest({ flaw })).toThrow(
    /^createSignedRequest\(\): option "flaw" must be one of "none", "wrong-signature", /,
  );
  const { url, received } = await running(startReceiver());
  await expect(facebook.postSignedRequest(url, { flaw })).rejects.toThrow(TypeError);
  expect(received).toHaveLength(0);
  expect(() => facebook.createSignedRequest({ flow: "none" } as never)).toThrow(/"flow"/);
});

it("posts a request to a callback on this machine, as for deauthorization and data deletion", async () => {
  const facebook = await running(startFacebook());
  const { url, received } = await running(startReceiver());
  const response = await facebook.postSignedRequest(url, { flaw: "wrong-signature" });
  expect(response.status).toBe(303);
  expect(received[0]?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
  const form = new URLSearchParams(received[0]?.body);
  expect([...form.keys()]).toEqual(["signed_request"]);
  expect(opened(facebook, form.get("signed_request") ?? "").fits).toBe(false);
  await expect(facebook.postSignedRequest("https://a.example")).rejects.toThrow(/this machine/);
});
