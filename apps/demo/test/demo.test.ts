import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  maskBaseString,
  maskBody,
  masked,
  maskHeaders,
  maskUrl,
} from "../src/exchanges/masking.ts";
import { allow, PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo();
});
afterAll(async () => {
  await demo.stop();
  expect(demo.failures).toEqual([]);
});

const browser = (): PlainBrowser => new PlainBrowser(demo.url);

const pageOf = async (visitor: PlainBrowser): Promise<string> => (await visitor.get("/")).text();

describe("every answer", () => {
  it.each([
    "/",
    "/nowhere",
    "/assets/styles/base.css",
    "/callback/github?code=x&state=y",
    "/export.json",
  ])("%s has the security headers", async (path) => {
    const { headers } = await browser().get(path);
    expect(headers.get("content-security-policy")).toMatch(
      /default-src 'none'.*frame-ancestors 'none'/,
    );
    expect(headers.get("content-security-policy")).not.toContain("unsafe");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe(
      path.startsWith("/assets") ? "public, max-age=300" : "no-store",
    );
  });

  it("uses the one public address, whatever the Host header says", async () => {
    const { port } = new URL(demo.url);
    const here = await fetch(`http://127.0.0.1:${port}/x?y=1`, { redirect: "manual" });
    expect([here.status, here.headers.get("location")]).toEqual([307, `${demo.url}/x?y=1`]);
    const elsewhere = await demo.app.request("/", { headers: { host: "evil.example" } });
    expect(elsewhere.status).toBe(421);
    const location = await browser().signIn("github");
    expect(new URL(location).searchParams.get("redirect_uri")).toBe(`${demo.url}/callback/github`);
  });
});

describe("the cookie", () => {
  it("is an opaque ID that scripts cannot read and other sites' POSTs do not send", async () => {
    const { headers } = await browser().post("/run/github/authorization-code");
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^grantkit-demo-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(headers.get("vary")).toBe("Cookie");
  });

  it("is Secure and bound to its host over https", async () => {
    const secure = await serveDemo({}, "https://demo.example.com");
    const { headers } = await secure.app.request("/run/github/authorization-code", {
      method: "POST",
      headers: { host: "demo.example.com", "sec-fetch-site": "same-origin" },
    });
    const consent = await fetch(headers.get("location") ?? "");
    await secure.stop();
    // The emulator redirects to the public address, although that is not this machine's.
    expect(consent.status).toBe(200);
    expect(headers.getSetCookie()[0]).toMatch(
      /^__Host-grantkit-demo=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
  });

  it("is a new one after a sign-in, and the one before is no longer valid", async () => {
    const visitor = browser();
    const callback = await allow(await visitor.signIn("github"));
    const attacker = browser();
    for (const [name, value] of visitor.cookies) attacker.cookies.set(name, value);
    const done = await visitor.get(callback);
    expect([done.status, done.headers.get("location")]).toEqual([
      303,
      "/?provider=github&flow=authorization-code#result",
    ]);
    expect(await pageOf(visitor)).toContain("Signed in");
    expect(await pageOf(attacker)).toContain("Nothing has happened yet");
  });

  it("expires after an idle hour", async () => {
    const visitor = browser();
    await visitor.get(await allow(await visitor.signIn("facebook")));
    demo.clock.advance(60 * 60_000 + 1);
    expect(await pageOf(visitor)).toContain("Nothing has happened yet");
  });
});

describe("a callback", () => {
  it("works once, also when it comes twice at the same time", async () => {
    const visitor = browser();
    const callback = await allow(await visitor.signIn("github"));
    const statuses = await Promise.all([visitor.get(callback), visitor.get(callback)]);
    expect(statuses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 400]);
  });

  it("is refused in another browser, also in one that is signing in too", async () => {
    const attacker = browser();
    const callback = await allow(await attacker.signIn("github"));
    const victim = browser();
    expect((await victim.get(callback)).status).toBe(400);
    await victim.signIn("github");
    const answer = await victim.get(callback);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining("STATE_MISMATCH"),
    ]);
    expect(await pageOf(victim)).not.toContain("Signed in");
  });

  it("is accepted only by the provider that it belongs to", async () => {
    const visitor = browser();
    const callback = await allow(await visitor.signIn("github"));
    await visitor.get(callback.replace("/callback/github", "/callback/google"));
    expect(await pageOf(visitor)).toContain("PROVIDER_MISMATCH");
    expect((await visitor.get(callback)).status).toBe(400);
  });

  it("finds its sign-in for the last five of six tabs, in any order", async () => {
    const visitor = browser();
    const tabs: string[] = [];
    for (let tab = 0; tab < 6; tab += 1) tabs.push(await allow(await visitor.signIn("github")));
    const statuses: number[] = [];
    for (const callback of tabs.toReversed()) statuses.push((await visitor.get(callback)).status);
    expect(statuses).toEqual([303, 303, 303, 303, 303, 400]);
  });

  it("of any shape ends on a page, as 300 random ones do", async () => {
    const parts = [
      "code",
      "state",
      "iss",
      "error",
      "=",
      "&",
      "%",
      "%ff",
      "%00",
      "<script>",
      "é",
      "x".repeat(500),
      "[]",
      "#",
      "+",
    ];
    let seed = 42;
    const random = (most: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % most;
    };
    const visitor = browser();
    await visitor.signIn("google");
    for (let count = 0; count < 300; count += 1) {
      const query = Array.from({ length: random(8) }, () => parts[random(parts.length)]).join("");
      const { status } = await visitor.get(`/callback/google?${query}`);
      expect([400, status]).toEqual([400, status]);
      expect(status).toBeLessThan(500);
    }
  });

  it("is escaped wherever the page shows it", async () => {
    const visitor = browser();
    const state = new URL(await visitor.signIn("github")).searchParams.get("state") ?? "";
    const query = new URLSearchParams({
      state,
      error: "<script>alert(1)</script>",
      error_description: "<img src=x onerror=alert(2)>",
    });
    await visitor.get(`/callback/github?${query.toString()}`);
    const source = await pageOf(visitor);
    expect(source).not.toMatch(/<script>alert|<img src=x/);
    expect(source).toContain("PROVIDER_ERROR");
  });
});

describe("buttons", () => {
  it.each([
    "/run/github/authorization-code",
    "/run/github/api-call",
    "/remove-fault/github/api-call",
    "/forget/github",
    "/clear",
    "/search",
  ])("%s cannot be pressed from another site", async (path) => {
    for (const headers of [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
    ]) {
      expect((await browser().post(path, headers)).status).toBe(403);
    }
    const old = await fetch(`${demo.url}${path}`, {
      method: "POST",
      redirect: "manual",
      headers: { origin: "https://evil.example" },
    });
    expect(old.status).toBe(403);
  });
});

describe("credentials in the environment", () => {
  it("switch a provider to the real one, as the page says", async () => {
    const real = await serveDemo({
      GITHUB_CLIENT_ID: "real-id",
      GITHUB_CLIENT_SECRET: "real-secret",
    });
    const page = await (await fetch(real.url)).text();
    const location = await new PlainBrowser(real.url).signIn("github");
    await real.stop();
    expect(page).toContain("real provider");
    expect(location).toMatch(/^https:\/\/github\.com\/login\/oauth\/authorize\?client_id=real-id&/);
  });

  it("must be complete", async () => {
    await expect(serveDemo({ GOOGLE_CLIENT_ID: "x" })).rejects.toThrow(
      "Set both GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET",
    );
  });
});

describe("masking", () => {
  it("shows enough of a secret to tell two apart, and nothing of a short one", () => {
    expect(masked("gho_abcdefghijklmnop1234")).toBe("gho_…1234");
    expect(masked("short")).toBe("•••");
  });

  it("shows signatures of OAuth 1.0a, except those that are the secrets themselves", () => {
    const header = (method: string): string =>
      `OAuth oauth_token="1815-abcdefghijkl-9999", oauth_signature_method="${method}", oauth_signature="consumer-secret%26token-secret"`;
    expect(maskHeaders({ Authorization: header("HMAC-SHA1") })["Authorization"]).toBe(
      'OAuth oauth_token="1815…9999", oauth_signature_method="HMAC-SHA1", oauth_signature="consumer-secret%26token-secret"',
    );
    expect(maskHeaders({ Authorization: header("PLAINTEXT") })["Authorization"]).toMatch(
      /oauth_signature="cons…cret"$/,
    );
    const form = "oauth_signature_method=PLAINTEXT&oauth_signature=consumer-secret%26token-secret";
    expect(maskBody(form)).toMatch(/&oauth_signature=cons…cret$/);
    expect(maskUrl(`https://a.example/x?${form}`)).toMatch(/&oauth_signature=cons…cret$/);
    expect(maskBaseString("GET&x&a%3D1%26oauth_token%3D1815-abcdefghijkl-9999%26z%3D")).toBe(
      "GET&x&a%3D1%26oauth_token%3D1815…9999%26z%3D",
    );
  });

  it("does not cut a form field at a separator", () => {
    expect(maskBody("a=x%26y&b=z")).toBe("a=x%26y&b=z");
  });

  it("masks queries, forms, headers and JSON at any depth", () => {
    const secret = "secret-secret-secret-1";
    expect(maskUrl(`https://a.example/x?code=${secret}&y=1`)).toBe(
      "https://a.example/x?code=secr…et-1&y=1",
    );
    expect(maskBody(`client_secret=${secret}&grant_type=x`)).toBe(
      "client_secret=secr…et-1&grant_type=x",
    );
    expect(maskBody(JSON.stringify({ data: [{ access_token: secret }] }))).not.toContain(secret);
    const link = `https://a.example/next?limit=3&access_token=${secret}`;
    expect(maskBody(JSON.stringify({ paging: { next: link } }))).not.toContain(secret);
    expect(maskHeaders({ Location: link })).toEqual({
      Location: "https://a.example/next?limit=3&access_token=secr…et-1",
    });
    expect(maskHeaders({ Authorization: `Bearer ${secret}`, "Set-Cookie": secret, A: 1 })).toEqual({
      Authorization: "Bearer secr…et-1",
      "Set-Cookie": "secr…et-1",
      A: "1",
    });
  });
});
