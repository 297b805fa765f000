// One client tries to have the memory of the process forget the requests of another.
import { expect, it } from "@jest/globals";
import { FakeClock } from "@grantkit/core/testing";
import { verify, type VerifyOptions } from "@grantkit/oauth1";
import { errorOf } from "./support/canaries.ts";

const clock = new FakeClock();

/** A request in PLAINTEXT, which is signed without any computing. */
const request = (clientKey: string, nonce: string | number) => ({
  method: "GET",
  url: "https://tool.example.com/",
  headers: {
    authorization: `OAuth oauth_consumer_key="${clientKey}", oauth_nonce="${nonce}", oauth_timestamp="${clock.seconds}", oauth_signature_method="PLAINTEXT", oauth_signature="s%26"`,
  },
});

const receive = (received: ReturnType<typeof request>, options: VerifyOptions = {}) =>
  verify(received, () => ({ clientSecret: "s" }), {
    clock,
    signatureMethods: ["PLAINTEXT"],
    ...options,
  });

it("refuses a client after 100,000 requests, and accepts no other client's request twice", async () => {
  const captured = request("victim", "captured");
  await receive(captured);
  const first = request("attacker", 0);
  for (let count = 0; count < 100_000; count += 1) await receive(request("attacker", count));
  expect(await errorOf(() => receive(request("attacker", "more")))).toMatchObject({
    code: "RATE_LIMITED",
    retryable: true,
    message: expect.stringMatching(/useNonce/),
  });
  for (const copy of [captured, first]) {
    expect(await errorOf(() => receive(copy))).toMatchObject({ code: "NONCE_USED" });
  }
  // The victim goes on, and so does an app whose useNonce has more room.
  expect(await receive(request("victim", "another"))).toMatchObject({ clientKey: "victim" });
  expect(await receive(request("attacker", "more"), { useNonce: () => true })).toBeDefined();
  clock.advance(302_000);
  expect(await receive(request("attacker", "more"))).toBeDefined();
}, 60_000);

it("a request that one call accepted for a few seconds is not accepted again by another with the usual window", async () => {
  const captured = request("two-windows", "captured");
  await receive(captured, { timestampWindow: 5 });
  clock.advance(60_000);
  expect(await errorOf(() => receive(captured))).toMatchObject({ code: "NONCE_USED" });
});
