import { describe, expect, it } from "@jest/globals";
import { servedDemo } from "./faults.ts";
import { OAuth1Flows } from "./oauth1-flows.ts";
import { resultOf } from "./result-text.ts";
import { decide, type PlainBrowser } from "./support.ts";

const served = servedDemo(false);
const flows = new OAuth1Flows(served);

describe("a sign-in with a PIN", () => {
  const begin = async (visitor: PlainBrowser): Promise<string> => {
    await flows.use(visitor, "oauth1-pin", { method: "HMAC-SHA256" });
    const page = await (await visitor.get("/")).text();
    return /href="(http:[^"]*oauth_token=[^"]*)"/.exec(page)?.[1] ?? "";
  };
  const enter = (visitor: PlainBrowser, pin: string): Promise<string> =>
    flows.use(visitor, "oauth1-pin", { pin });
  const pinOn = async (answer: Response): Promise<string> =>
    /id="pin">(\d+)</.exec(await answer.text())?.[1] ?? "";

  it("succeeds with the PIN that the provider shows, under a new session ID", async () => {
    const visitor = flows.browser();
    const pin = await pinOn(await decide(await begin(visitor), "allow"));
    const planted = new Map(visitor.cookies);
    expect(await enter(visitor, ` ${pin} `)).toContain("Ada Lovelace");
    const attacker = flows.browser();
    for (const [name, value] of planted) attacker.cookies.set(name, value);
    expect(await resultOf(attacker)).toBe("");
    // The PIN is used up.
    expect(await enter(visitor, pin)).toContain("NO_PIN");
  });

  it("takes the right PIN after a wrong one", async () => {
    const visitor = flows.browser();
    const pin = await pinOn(await decide(await begin(visitor), "allow"));
    expect(await enter(visitor, "0")).toContain("verifier_invalid");
    expect(await enter(visitor, pin)).toContain("Signed in");
  });

  it("shows the provider's error when the user declined", async () => {
    const visitor = flows.browser();
    await decide(await begin(visitor), "deny");
    expect(await enter(visitor, "1234567")).toContain("permission_denied");
  });
});

describe("a token of OAuth 1.0a", () => {
  it("comes for a user's password, and for no wrong one", async () => {
    const visitor = flows.browser();
    const username = "ada_l";
    const wrong = { username, password: "wrong" };
    expect(await flows.use(visitor, "oauth1-xauth", wrong)).toContain("permission_denied");
    const right = { username, password: "correct horse battery staple" };
    expect(await flows.use(visitor, "oauth1-xauth", right)).toContain("Ada Lovelace");
  });

  it.each(["now", "expired"])("is refreshed with its session handle: %s", async (how) => {
    const visitor = await flows.signedIn();
    const before = / access token (\S+)/.exec(await resultOf(visitor))?.[1] ?? "";
    const result = await flows.use(visitor, "oauth1-renewal", { how });
    expect(result.match(/POST \/oauth\/access_token playground/g)).toHaveLength(1);
    const after = / access token (1815…\w{4}) /.exec(result)?.[1] ?? before;
    expect(after).not.toBe(before);
    expect(await flows.call(visitor)).toContain("Ada Lovelace");
  });
});
