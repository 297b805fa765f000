import { expect, it, jest } from "@jest/globals";
import { isOAuthError, OAuth2Client, Token } from "@grantkit/core";

it("two copies of the package in one process know each other's errors and providers", async () => {
  jest.resetModules();
  const copy = await import("@grantkit/core");
  const thrown: unknown = await Promise.resolve()
    .then(() => copy.Token.from({ accessToken: "" }))
    .catch((error: unknown) => error);
  expect(copy.Token).not.toBe(Token);
  expect(thrown).not.toBeInstanceOf(Token);
  expect(isOAuthError(thrown) && thrown.code).toBe("TOKEN_INVALID");
  const provider = copy.defineProvider({
    name: "example",
    endpoints: { token: "https://id.example.com/token" },
  });
  expect(() => new OAuth2Client(provider, { clientId: "client" })).not.toThrow();
});
