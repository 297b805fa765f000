import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import type { GitHubApp } from "@grantkit/provider-github";
import type { FakeClock } from "@grantkit/provider-github/testing";
import { thrown } from "../../core/test/support/thrown.ts";
import { bearerAt, refusedToken, readJwt, startedApp } from "./app-support.ts";

let emulator: GitHubEmulator;
let app: GitHubApp;
let clock: FakeClock;
let another: Awaited<ReturnType<typeof startedApp>>["another"];
let installation: number;

// One emulator and key for all tests: a key takes long to make. Each test has an app of its own, which knows no token.
beforeAll(async () => {
  ({ emulator, clock, another } = await startedApp());
  installation = emulator.installationIds[0] as number;
});
beforeEach(() => {
  app = another();
  emulator.clearRequests();
});
afterAll(() => emulator.close());

const bearerOf = (index?: number): string => bearerAt(emulator, index);
const dateOfGitHub = (): Record<string, string> => ({ date: new Date(clock.now()).toUTCString() });

describe("the session of the app itself", () => {
  it("signs a JWT with RS256: iat a minute ago, exp nine minutes from now, the client ID as issuer", async () => {
    const { data } = await app.appSession().get("/app");
    expect(data).toMatchObject({ id: emulator.appId });
    expect(readJwt(bearerOf()).header).toEqual({ alg: "RS256", typ: "JWT" });
    const { seconds } = clock;
    expect(readJwt(bearerOf()).claims).toEqual({
      iss: emulator.clientId,
      iat: seconds - 60,
      exp: seconds + 540,
    });
  });

  it("sends the app ID as issuer if it is given, as an older Enterprise Server wants it", async () => {
    await another({ appId: emulator.appId }).appSession().get("/app");
    expect(readJwt(bearerOf()).claims["iss"]).toBe(String(emulator.appId));
  });

  it("signs one JWT for nine minutes, whatever session asks, and the next one before it expires", async () => {
    await app.appSession().get("/app");
    const first = bearerOf();
    clock.advance(479_000);
    await app.appSession().fetch("/app");
    expect(bearerOf()).toBe(first);
    clock.advance(2_000);
    await app.appSession().get("/app");
    expect(bearerOf()).not.toBe(first);
  });

  it.each([
    ["ahead", 600_000],
    ["behind", -3600_000],
  ])("works with a clock that is %s: it signs again with GitHub's time, once", async (_, error) => {
    const wrong = { now: () => clock.now() + error, after: () => () => undefined };
    const skewed = another({ clock: wrong });
    const { status } = await skewed.appSession().get("/app");
    expect(status).toBe(200);
    // GitHub refused the first one, and says its time in the header Date.
    expect(emulator.requests).toHaveLength(2);
    expect(readJwt(bearerOf(1)).claims).toMatchObject({ iat: clock.seconds - 60 });
    // The correction holds for the tokens that follow, whose expires_at is by GitHub's clock.
    const token = await skewed.fetchInstallationToken(installation);
    expect(token.expiresAt?.getTime()).toBe(clock.seconds * 1000 + error + 3600_000);
    expect(emulator.requests).toHaveLength(3);
  });

  it("corrects the time of all requests that were under way when GitHub refused the first", async () => {
    const wrong = { now: () => clock.now() + 600_000, after: () => () => undefined };
    const skewed = another({ clock: wrong });
    const sending = Array.from({ length: 20 }, () => skewed.appSession().get("/app"));
    expect((await Promise.all(sending)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    // Each request is sent twice at most, and all share the new JWT.
    expect(emulator.requests.length).toBeLessThanOrEqual(40);
    expect(new Set(emulator.requests.map(({ headers }) => headers["authorization"])).size).toBe(2);
  });

  it("does not sign again for a key that GitHub does not know, nor for times that it cannot correct", async () => {
    const session = app.appSession();
    for (const failure of [
      refusedToken("A JSON web token could not be decoded", dateOfGitHub()),
      refusedToken("'Issued at' claim ('iat') must be an Integer", dateOfGitHub()),
      refusedToken("'Expiration time' claim ('exp') is too far in the future", { date: "soon" }),
    ]) {
      emulator.clearRequests();
      emulator.failNext(failure);
      expect(await thrown(session.get("/app"))).toMatchObject({ status: 401 });
      expect(emulator.requests).toHaveLength(1);
    }
  });

  it("cannot be revoked, and says so", async () => {
    const session = app.appSession();
    await session.get("/app");
    expect(await thrown(session.revoke())).toMatchObject({ code: "CONFIGURATION_INVALID" });
  });
});
