import { describe, expect, it } from "@jest/globals";
import { thrown } from "../../core/test/support/thrown.ts";
import { bearerAt, refusedToken, readJwt, appForEach } from "./app-support.ts";

const github = appForEach();

const bearerOf = (index?: number): string => bearerAt(github.emulator, index);
const dateOfGitHub = (): Record<string, string> => ({
  date: new Date(github.clock.now()).toUTCString(),
});

describe("the session of the app itself", () => {
  it("signs a JWT with RS256: iat a minute ago, exp nine minutes from now, the client ID as issuer", async () => {
    const { data } = await github.app.appSession().get("/app");
    expect(data).toMatchObject({ id: github.emulator.appId });
    expect(readJwt(bearerOf()).header).toEqual({ alg: "RS256", typ: "JWT" });
    const { seconds } = github.clock;
    expect(readJwt(bearerOf()).claims).toEqual({
      iss: github.emulator.clientId,
      iat: seconds - 60,
      exp: seconds + 540,
    });
  });

  it("sends the app ID as issuer if it is given, as an older Enterprise Server wants it", async () => {
    await github.another({ appId: github.emulator.appId }).appSession().get("/app");
    expect(readJwt(bearerOf()).claims["iss"]).toBe(String(github.emulator.appId));
  });

  it("signs one JWT for nine minutes, whatever session asks, and the next one before it expires", async () => {
    await github.app.appSession().get("/app");
    const first = bearerOf();
    github.clock.advance(479_000);
    await github.app.appSession().fetch("/app");
    expect(bearerOf()).toBe(first);
    github.clock.advance(2_000);
    await github.app.appSession().get("/app");
    expect(bearerOf()).not.toBe(first);
  });

  it.each([
    ["ahead", 600_000],
    ["behind", -3600_000],
  ])("works with a clock that is %s: it signs again with GitHub's time, once", async (_, error) => {
    const wrong = { now: () => github.clock.now() + error, after: () => () => undefined };
    const skewed = github.another({ clock: wrong });
    const { status } = await skewed.appSession().get("/app");
    expect(status).toBe(200);
    // GitHub refused the first one, and says its time in the header Date.
    expect(github.emulator.requests).toHaveLength(2);
    expect(readJwt(bearerOf(1)).claims).toMatchObject({ iat: github.clock.seconds - 60 });
    // The correction holds for the tokens that follow, whose expires_at is by GitHub's clock.
    const token = await skewed.fetchInstallationToken(github.installation);
    expect(token.expiresAt?.getTime()).toBe(github.clock.seconds * 1000 + error + 3600_000);
    expect(github.emulator.requests).toHaveLength(3);
  });

  it("corrects the time of all requests that were under way when GitHub refused the first", async () => {
    const wrong = { now: () => github.clock.now() + 600_000, after: () => () => undefined };
    const skewed = github.another({ clock: wrong });
    const sending = Array.from({ length: 20 }, () => skewed.appSession().get("/app"));
    expect((await Promise.all(sending)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    // Each request is sent twice at most, and all share the new JWT.
    expect(github.emulator.requests.length).toBeLessThanOrEqual(40);
    expect(
      new Set(github.emulator.requests.map(({ headers }) => headers["authorization"])).size,
    ).toBe(2);
  });

  it("does not sign again for a key that GitHub does not know, nor for times that it cannot correct", async () => {
    const session = github.app.appSession();
    for (const failure of [
      refusedToken("A JSON web token could not be decoded", dateOfGitHub()),
      refusedToken("'Issued at' claim ('iat') must be an Integer", dateOfGitHub()),
      refusedToken("'Expiration time' claim ('exp') is too far in the future", { date: "soon" }),
    ]) {
      github.emulator.clearRequests();
      github.emulator.failNext(failure);
      expect(await thrown(session.get("/app"))).toMatchObject({ status: 401 });
      expect(github.emulator.requests).toHaveLength(1);
    }
  });

  it("cannot be revoked, and says so", async () => {
    const session = github.app.appSession();
    await session.get("/app");
    expect(await thrown(session.revoke())).toMatchObject({ code: "CONFIGURATION_INVALID" });
  });
});
