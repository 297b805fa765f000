import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sign } from "@grantkit/oauth1";
import { resultOf } from "./result-text.ts";
import { allow, callbackOf, decide, PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

const METHODS = [
  "HMAC-SHA1",
  "HMAC-SHA256",
  "HMAC-SHA512",
  "RSA-SHA1",
  "RSA-SHA256",
  "RSA-SHA512",
  "PLAINTEXT",
];
const PLACEMENTS = ["header", "query", "body"];
const CELLS = METHODS.flatMap((method) => PLACEMENTS.map((placement) => ({ method, placement })));

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo();
});
afterAll(async () => {
  await demo.stop();
  expect(demo.failures).toEqual([]);
});

const browser = (): PlainBrowser => new PlainBrowser(demo.url);

/** Uses a flow, and returns what the workbench shows of it. */
async function use(
  visitor: PlainBrowser,
  flow: string,
  fields: Record<string, string> = {},
): Promise<string> {
  const { headers } = await visitor.post(`/run/oauth1/${flow}`, {}, new URLSearchParams(fields));
  expect(headers.get("location")).toBe(`/?provider=oauth1&flow=${flow}#result`);
  return resultOf(visitor);
}

async function signedIn(fields: Record<string, string> = {}, user?: string): Promise<PlainBrowser> {
  const visitor = browser();
  await visitor.get(await allow(await visitor.signIn("oauth1", fields), user));
  return visitor;
}

const call = (visitor: PlainBrowser, fields: Record<string, string> = {}): Promise<string> =>
  use(visitor, "oauth1-call", fields);

describe("signing in with OAuth 1.0a", () => {
  it.each(CELLS)(
    "and calling the API, with no secret shown before a click: $method in the $placement",
    async (choice) => {
      const visitor = browser();
      const authorization = await visitor.signIn("oauth1", choice);
      const callback = await allow(authorization);
      await visitor.get(callback);
      const signIn = await resultOf(visitor);
      expect(signIn).toContain('"name": "Ada Lovelace"');
      const result = await call(visitor, { ...choice, request: "form" });
      expect(result).toContain(`"signatureMethod": "${choice.method}"`);
      expect(result).toContain(`"placement": "${choice.placement}"`);
      expect(result).toContain("Analytical & difference");
      const wrong = await call(visitor, { ...choice, request: "form", fault: "wrong-secret" });
      expect(wrong).toContain("signature_invalid");
      const token = new URL(authorization).searchParams.get("oauth_token") ?? "";
      const verifier = new URL(callback, demo.url).searchParams.get("oauth_verifier") ?? "";
      expect([token.length, verifier.length]).toEqual([27, 32]);
      const secrets = [token, verifier, "oauth1-emulator-secret", "not-the-secret-of"];
      for (const secret of secrets) expect(signIn + result + wrong).not.toContain(secret);
      expect(signIn + result + wrong).not.toMatch(/1815-\w{9}/);
    },
  );

  it("shows the steps in order", async () => {
    const result = await resultOf(await signedIn());
    const steps =
      /POST \/oauth\/request_token .* GET \/oauth\/authorize .* GET \/callback\/oauth1 .* verifier .* POST \/oauth\/access_token .* GET \/api\/me /;
    expect(result).toMatch(steps);
  });

  it("uses HMAC-SHA1 in the header for an unknown choice", async () => {
    const visitor = await signedIn({ method: "ROT13", placement: "hat" });
    const result = await call(visitor, { method: "ROT13", request: "form" });
    expect(result).toContain('"signatureMethod": "HMAC-SHA1"');
  });

  it("shows the user who signed in, also one whose name has to be encoded", async () => {
    const result = await resultOf(await signedIn({}, "1706"));
    expect(result).toContain("Émilie du Châtelet");
    expect(result).toContain("screen_name émilie & co+");
  });

  it("gives the visitor a new session ID, and the one before is no longer valid", async () => {
    const visitor = browser();
    const callback = await allow(await visitor.signIn("oauth1"));
    const planted = new Map(visitor.cookies);
    await visitor.get(callback);
    const attacker = browser();
    for (const [name, value] of planted) attacker.cookies.set(name, value);
    expect(await resultOf(attacker)).toBe("");
    expect(await resultOf(visitor)).toContain("Signed in");
  });

  it("ends when the target is forgotten", async () => {
    const visitor = await signedIn();
    await visitor.post("/forget/oauth1");
    expect(await call(visitor)).toContain("NO_TOKEN");
  });
});

describe("a callback of OAuth 1.0a", () => {
  it("after a denied consent shows the error, and keeps no token", async () => {
    const visitor = browser();
    await visitor.get(callbackOf(await decide(await visitor.signIn("oauth1"), "deny")));
    expect(await resultOf(visitor)).toMatch(
      /callback: denied.* ACCESS_DENIED|ACCESS_DENIED.* denied/,
    );
    expect(await call(visitor)).toContain("NO_TOKEN");
  });

  it("works once, also when it comes twice at the same time", async () => {
    const visitor = browser();
    const callback = await allow(await visitor.signIn("oauth1"));
    const statuses = await Promise.all([visitor.get(callback), visitor.get(callback)]);
    expect(statuses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 400]);
    expect(await (await visitor.get(callback)).text()).toContain("CALLBACK_REPLAYED");
  });

  it("is refused in another browser, also in one that is signing in too", async () => {
    const attacker = browser();
    const callback = await allow(await attacker.signIn("oauth1"));
    const victim = browser();
    expect(await (await victim.get(callback)).text()).toContain("TOKEN_MISMATCH");
    const own = await victim.signIn("oauth1");
    expect(await (await victim.get(callback)).text()).toContain("TOKEN_MISMATCH");
    expect(await call(victim)).toContain("NO_TOKEN");
    // The victim's own sign-in still works.
    await victim.get(await allow(own));
    expect(await call(victim)).toContain("Ada Lovelace");
  });

  it.each([
    ["foreign-callback", "TOKEN_MISMATCH"],
    ["no-verifier", "VERIFIER_MISSING"],
  ])("with the fault %s is refused by the SDK, and nothing is sent", async (fault, code) => {
    const visitor = await signedIn({ fault });
    const result = await resultOf(visitor);
    expect(result).toContain(code);
    expect(result).not.toContain("POST /oauth/access_token");
  });

  it.each([
    "",
    "?oauth_token=",
    "?denied=x",
    "?oauth_problem=user_refused",
    "?oauth_token=a&oauth_token=b",
    "?oauth_token=%ff&oauth_verifier=%00",
  ])("of any shape ends on a page: %s", async (query) => {
    const visitor = browser();
    await visitor.signIn("oauth1");
    const answer = await visitor.get(`/callback/oauth1${query}`);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining("Error code"),
    ]);
  });
});

describe("a signed call", () => {
  it("is shown with its signature, in each place", async () => {
    const visitor = await signedIn();
    expect(await call(visitor)).toMatch(
      /OAuth oauth_consumer_key="oauth1-emulator-consumer", .*oauth_signature="[\w%]{28,}"/,
    );
    expect(await call(visitor, { placement: "query" })).toMatch(
      /Parameters in the URL .*oauth_signature [\w+/]{27}= /,
    );
    expect(await call(visitor, { placement: "body", request: "form" })).toMatch(
      /engine Analytical & difference .*oauth_signature [\w+/]{27}= /,
    );
  });

  it("has a body hash for a body that is not a form", async () => {
    const result = await call(await signedIn(), { request: "json", method: "HMAC-SHA256" });
    expect(result).toContain("oauth_body_hash=");
    expect(result).toContain('"bodyHashChecked": true');
  });

  it.each(["get", "json"])(
    "whose signature would go into a form that it has not is not sent: %s",
    async (request) => {
      const result = await call(await signedIn(), { request, placement: "body" });
      expect(result).toContain("REQUEST_UNSIGNABLE");
      expect(result).toContain("Nothing went over the wire");
    },
  );

  it.each(["HMAC-SHA1", "RSA-SHA256"])(
    "with a wrong secret is refused, and the server's base string shown: %s",
    async (method) => {
      const visitor = await signedIn();
      const result = await call(visitor, { method, fault: "wrong-secret" });
      expect(result).toContain("signature_invalid");
      expect(result).toMatch(/ GET&http%3A%2F%2F127\.0\.0\.1[^ ]*oauth_token%3D1815…/);
      expect(await call(visitor, { method })).toContain("Ada Lovelace");
    },
  );

  it("shows the base string only with its own call", async () => {
    const visitor = await signedIn();
    expect(await call(visitor, { fault: "wrong-secret" })).toContain("What the server signed");
    for (const choice of [{ method: "PLAINTEXT" }, { placement: "body" }]) {
      const result = await call(visitor, { ...choice, fault: "wrong-secret" });
      expect(result).toMatch(/signature_invalid|REQUEST_UNSIGNABLE/);
      expect(result).not.toContain("What the server signed");
    }
  });

  it("with a clock that is wrong is refused for its timestamp", async () => {
    const result = await call(await signedIn(), { fault: "clock-ahead" });
    expect(result).toContain("timestamp_refused");
  });

  it("works without a user too, signed by the app alone", async () => {
    const result = await use(browser(), "oauth1-two-legged", {
      url: "/echo",
      method: "RSA-SHA512",
    });
    expect(result).toContain('"user": null');
    expect(result).toContain('"consumer": "oauth1-emulator-consumer"');
  });
});

describe("a sign-in with a PIN", () => {
  const begin = async (visitor: PlainBrowser): Promise<string> => {
    await use(visitor, "oauth1-pin", { method: "HMAC-SHA256" });
    const page = await (await visitor.get("/")).text();
    return /href="(http:[^"]*oauth_token=[^"]*)"/.exec(page)?.[1] ?? "";
  };
  const enter = (visitor: PlainBrowser, pin: string): Promise<string> =>
    use(visitor, "oauth1-pin", { pin });
  const pinOn = async (answer: Response): Promise<string> =>
    /id="pin">(\d+)</.exec(await answer.text())?.[1] ?? "";

  it("succeeds with the PIN that the provider shows, under a new session ID", async () => {
    const visitor = browser();
    const pin = await pinOn(await decide(await begin(visitor), "allow"));
    const planted = new Map(visitor.cookies);
    expect(await enter(visitor, ` ${pin} `)).toContain("Ada Lovelace");
    const attacker = browser();
    for (const [name, value] of planted) attacker.cookies.set(name, value);
    expect(await resultOf(attacker)).toBe("");
    // The PIN is used up.
    expect(await enter(visitor, pin)).toContain("NO_PIN");
  });

  it("takes the right PIN after a wrong one", async () => {
    const visitor = browser();
    const pin = await pinOn(await decide(await begin(visitor), "allow"));
    expect(await enter(visitor, "0")).toContain("verifier_invalid");
    expect(await enter(visitor, pin)).toContain("Signed in");
  });

  it("shows the provider's error when the user declined", async () => {
    const visitor = browser();
    await decide(await begin(visitor), "deny");
    expect(await enter(visitor, "1234567")).toContain("permission_denied");
  });
});

describe("a token of OAuth 1.0a", () => {
  it("comes for a user's password, and for no wrong one", async () => {
    const visitor = browser();
    const username = "ada_l";
    const wrong = { username, password: "wrong" };
    expect(await use(visitor, "oauth1-xauth", wrong)).toContain("permission_denied");
    const right = { username, password: "correct horse battery staple" };
    expect(await use(visitor, "oauth1-xauth", right)).toContain("Ada Lovelace");
  });

  it.each(["now", "expired"])("is refreshed with its session handle: %s", async (how) => {
    const visitor = await signedIn();
    const before = / access token (\S+)/.exec(await resultOf(visitor))?.[1] ?? "";
    const result = await use(visitor, "oauth1-renewal", { how });
    expect(result.match(/POST \/oauth\/access_token playground/g)).toHaveLength(1);
    const after = / access token (1815…\w{4}) /.exec(result)?.[1] ?? before;
    expect(after).not.toBe(before);
    expect(await call(visitor)).toContain("Ada Lovelace");
  });
});

describe("verifying a request", () => {
  const verify = (visitor: PlainBrowser, fields: Record<string, string> = {}): Promise<string> =>
    use(visitor, "oauth1-verify", fields);

  it.each(["HMAC-SHA256", "RSA-SHA512"])("accepts the last one sent, once: %s", async (method) => {
    const visitor = await signedIn();
    await call(visitor, { method, request: "json" });
    const result = await verify(visitor);
    expect(result).toContain("The request is good");
    expect(result).toContain(`"signatureMethod": "${method}"`);
    expect(await verify(visitor)).toContain("NONCE_USED");
    expect(await verify(visitor, { copies: "on" })).toContain("The request is good");
  });

  it.each([
    [{ client_secret: "another" }, "SIGNATURE_INVALID"],
    [{ token_secret: "another" }, "SIGNATURE_INVALID"],
  ])("refuses a wrong signature: %j", async (fields, code) => {
    const visitor = await signedIn();
    expect(await verify(visitor, fields)).toContain(code);
  });

  it("refuses an old one", async () => {
    const visitor = await signedIn();
    demo.clock.advance(301_000);
    expect(await verify(visitor)).toContain("TIMESTAMP_REFUSED");
    expect(await verify(visitor, { window: "400" })).toContain("The request is good");
  });

  it("takes a pasted one, and refuses it when a byte was changed", async () => {
    const { url, method, headers, body } = await sign(
      { method: "POST", url: "https://tool.example/launch", body: { user_id: "a b" } },
      {
        clientKey: "oauth1-emulator-consumer",
        clientSecret: "oauth1-emulator-secret",
        clock: demo.clock,
      },
    );
    const lines = [...new Headers(headers)].map(([name, value]) => `${name}: ${value}`);
    const text = `${method} ${url}\n${lines.join("\n")}\n\n${String(body)}`;
    const result = await verify(browser(), { received: text });
    expect(result).toContain("The request is good");
    expect(result).toContain('"user_id": "a b"');
    const changed = text.replace("user_id=a", "user_id=b");
    expect(await verify(browser(), { received: changed })).toContain("SIGNATURE_INVALID");
  });

  it.each(["nonsense", "GET /relative", "GET https://a.example/x"])(
    "names what is wrong with other text: %s",
    async (received) => {
      expect(await verify(browser(), { received })).toMatch(/FIELD_INVALID|INVALID_REQUEST/);
    },
  );
});
