import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startOAuth1, type OAuth1Emulator } from "@grantkit/emulator";
import { OAuth1Token } from "@grantkit/oauth1";
import { sessionAt } from "./support/consumer.ts";
import { METHODS } from "./support/signature-methods.ts";

const TYPES = ["header", "query", "body"] as const;

let emulator: OAuth1Emulator;
let privateKey: string;

beforeAll(async () => {
  emulator = await startOAuth1({ credentials: "awkward" });
  privateKey = await emulator.createConsumerKey();
});
afterAll(() => emulator.close());

describe("the three-legged dance", () => {
  for (const signatureMethod of METHODS) {
    for (const signatureType of TYPES) {
      it(`signs in with ${signatureMethod} in the ${signatureType}, and calls the API`, async () => {
        const app = {
          signatureMethod,
          signatureType,
          ...(signatureMethod.startsWith("RSA") && { privateKey }),
        };
        const first = sessionAt(emulator, {
          ...app,
          callbackUri: "http://127.0.0.1:9/callback?a=b%20c",
        });
        const kept = JSON.stringify(await first.fetchRequestToken());
        const callback = await emulator.authorize(first.authorizationUrl(), { user: "ada_l" });

        const second = sessionAt(emulator, {
          ...app,
          requestToken: OAuth1Token.from(JSON.parse(kept)),
        });
        second.parseAuthorizationResponse(callback);
        const token = await second.fetchAccessToken();
        expect(token.parameters["screen_name"]).toBe("ada_l");
        expect(second.authorized).toBe(true);

        const third = sessionAt(emulator, {
          ...app,
          token: OAuth1Token.from(JSON.parse(JSON.stringify(token))),
        });
        const form = new URLSearchParams({ "a b": "c+d&e", ü: "" });
        const { data } = await third.post("/echo?q=x%20y", form);
        expect(data).toMatchObject({ user: "ada_l", signatureMethod, placement: signatureType });
        expect(data.form).toEqual(
          expect.arrayContaining([
            ["a b", "c+d&e"],
            ["ü", ""],
          ]),
        );
        const response = await third.fetch("/echo?q=x%20y", { method: "PUT", body: form });
        expect(await response.json()).toMatchObject({ user: "ada_l", method: "PUT" });
      });
    }
  }
});
