import { expect, it } from "@jest/globals";
import { acme, AcmeClient, type AcmeClientOptions } from "@grantkit/provider-acme";

it("has the endpoints that Acme documents", () => {
  // FILL IN by hand from Acme's documentation, not by copying the preset.
  expect(acme()).toMatchObject({
    name: "acme",
    issuer: "https://id.acme.example",
    endpoints: {
      authorization: "https://id.acme.example/authorize",
      token: "https://id.acme.example/token",
    },
    api: { baseUrl: "https://api.acme.example" },
  });
});

it("lists what is missing when it is called without options", () => {
  const nothing = undefined as unknown as AcmeClientOptions;
  expect(() => new AcmeClient(nothing)).toThrow(/clientId is missing/);
});
