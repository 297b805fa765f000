import { expect, it } from "@jest/globals";
import type { EndpointOverrides, OAuth2Client } from "@grantkit/core";

/** Tests that a provider's client takes all endpoints of an emulator, or none. */
export function testEndpointsAreAllOrNothing(
  start: () => Promise<{ readonly endpoints: EndpointOverrides; close(): Promise<void> }>,
  makeClient: (endpoints: EndpointOverrides) => OAuth2Client,
): void {
  it("takes all endpoints of an emulator, and refuses to call the real provider for the rest", async () => {
    const emulator = await start();
    const { endpoints } = makeClient(emulator.endpoints).provider;
    expect(endpoints.token).toBe(emulator.endpoints.token);
    const real = makeClient({}).provider.endpoints;
    const needed = ["api", ...Object.keys(real)].filter(
      (name) => name !== "userInfo" || real.userInfo?.[0] !== "/",
    );
    expect(needed.length).toBeGreaterThan(3);
    for (const name of needed) {
      const { [name as "token"]: _left, ...others } = emulator.endpoints;
      expect(() => makeClient(others)).toThrow(`endpoints.${name} is missing and would stay`);
      const unset = { ...emulator.endpoints, [name]: undefined };
      expect(() => makeClient(unset)).toThrow(`endpoints.${name} is undefined`);
    }
    await emulator.close();
  });
}
