import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { allow, PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo();
});
afterAll(async () => {
  await demo.stop();
  expect(demo.failures).toEqual([]);
});

async function pageAfterSignIn(provider: string, fields: Record<string, string>): Promise<string> {
  const visitor = new PlainBrowser(demo.url);
  await visitor.get(await allow(await visitor.signIn(provider, fields)));
  return (await visitor.get("/")).text();
}

/** The states of the checks, by title. */
function checksOf(page: string): Record<string, string> {
  const list = page.slice(page.indexOf('class="checks"'));
  const items = list.matchAll(
    /<li class="(passed|failed|absent|open)">.*?<strong>([^<]*)<\/strong>(?:.*?)<small\s*>([^<]*)/gs,
  );
  return Object.fromEntries(
    [...items].map(([, state = "", title = "", reason = ""]) => [
      title,
      state === "failed" ? `failed: ${reason.trim()}` : state,
    ]),
  );
}

function titlesOf(checks: Record<string, string>, state: string): string[] {
  return Object.keys(checks).filter((title) => checks[title]?.startsWith(state));
}

describe("the checks of an ID token", () => {
  it("are ticked where the SDK verified it", async () => {
    const page = await pageAfterSignIn("google", { scope: "openid email" });
    const checks = checksOf(page);
    expect(titlesOf(checks, "passed").join()).toBe(
      "Format,Algorithm,Extensions,Key,Signature,aud,exp,iss,Kind,sub,azp,iat,nonce,at_hash",
    );
    expect(titlesOf(checks, "absent").join()).toBe("Clock,nbf,auth_time,c_hash");
    expect(page).toContain('<strong class="good">verified</strong>');
  });

  it.each([
    ["id-token-forged-signature", "Signature", "its signature is wrong", "aud"],
    ["id-token-wrong-audience", "aud", "aud is wrong", "exp"],
    ["id-token-expired", "exp", "exp is wrong", "iss"],
    ["id-token-wrong-issuer", "iss", "iss is wrong", "Kind"],
    ["id-token-wrong-nonce", "nonce", "nonce is not the one that was sent", "at_hash"],
  ])(
    "are ticked, crossed and left open as the SDK stopped: %s",
    async (fault, failed, reason, next) => {
      const page = await pageAfterSignIn("google", { scope: "openid email", fault });
      const checks = checksOf(page);
      const titles = Object.keys(checks);
      expect(titlesOf(checks, "failed")).toEqual([failed]);
      expect(checks[failed]).toContain(`was refused: ${reason}`);
      expect(checks[next]).toBe("open");
      expect(titles.indexOf(titlesOf(checks, "passed").at(-1) ?? "")).toBeLessThan(
        titles.indexOf(failed),
      );
      expect(titles.indexOf(titlesOf(checks, "open")[0] ?? "")).toBeGreaterThan(
        titles.indexOf(failed),
      );
      expect(page).toContain(`<strong class="bad">refused: ${failed}</strong>`);
    },
  );

  it("are not claimed for a run that failed for another reason", async () => {
    const page = await pageAfterSignIn("google", { scope: "openid email", fault: "wrong-iss" });
    expect(page).not.toContain('class="checks"');
    expect(page).toContain("<h2");
  });
});

it("a JWT's claims are shown with their meaning, and times as dates", async () => {
  const page = await pageAfterSignIn("google", { scope: "openid email" });
  const text = page.replace(/\s+/g, " ");
  expect(text).toMatch(
    /<dt>exp<\/dt> <dd><code>\d+ \(20\d\d-[^)]*Z\)<\/code> <small>When it expires/,
  );
  expect(text).toMatch(
    /<dt>alg<\/dt> <dd><code>RS256<\/code> <small>How it is signed. <cite>RFC 7515/,
  );
});

describe("a JWT that the visitor holds", () => {
  const verified = async (
    provider: string,
    scope: string,
    fields: Record<string, string>,
  ): Promise<string> => {
    const visitor = new PlainBrowser(demo.url);
    await visitor.get(await allow(await visitor.signIn(provider, { scope })));
    await visitor.post(`/run/${provider}/verify-jwt`, {}, new URLSearchParams(fields));
    const page = await (await visitor.get("/")).text();
    return page.slice(page.indexOf('<article class="run'), page.indexOf("On the wire"));
  };
  const summaryOf = (page: string): string =>
    (/<details class="jwt">\s*<summary>(.*?)<\/summary>/s.exec(page)?.[1] ?? "")
      .replaceAll(/<[^>]*>/g, "")
      .replaceAll(/\s+/g, " ")
      .trim();

  it("is shown decoded with its checks when it was verified", async () => {
    const page = await verified("google", "openid email", {});
    expect(summaryOf(page)).toBe("ID token, held: verified 12 checks passed");
    expect(titlesOf(checksOf(page), "passed").join()).toBe(
      "Format,Algorithm,Extensions,Key,Signature,aud,exp,iss,Kind,sub,azp,iat",
    );
    expect(page.replace(/\s+/g, " ")).toMatch(/<dt>aud<\/dt> <dd><code>[^<]*emulator/);
  });

  it("is shown with the check at which it was refused", async () => {
    const page = await verified("google", "openid email", { nonce: "another" });
    expect(summaryOf(page)).toMatch(/^ID token, held: refused: nonce/);
    expect(checksOf(page)["nonce"]).toContain("failed: ");
  });

  it("is refused as an ID token if it is an access token, and decoded all the same", async () => {
    const scope = "openid User.Read";
    const page = await verified("microsoft", scope, { held: "access_token" });
    expect(summaryOf(page)).toMatch(/^Access token, held: refused: /);
    expect(page.replace(/\s+/g, " ")).toMatch(/<dt>scp<\/dt>/);
  });

  it("is not looked for in an opaque access token", async () => {
    const page = await verified("google", "openid email", { held: "access_token" });
    expect(page).toContain("ID_TOKEN_INVALID");
    expect(page).not.toContain('<details class="jwt">');
  });
});

it("a JWT that was typed in is shown as verified, or with the check at which it was refused", async () => {
  const page = await pageAfterSignIn("google", { scope: "openid email" });
  const idToken = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(page)?.[0] ?? "";
  const results: string[] = [];
  for (const nonce of ["", "another"]) {
    const visitor = new PlainBrowser(demo.url);
    const fields = new URLSearchParams({ jwt: idToken, nonce });
    await visitor.post("/run/google/verify-jwt", {}, fields);
    const text = await (await visitor.get("/")).text();
    results.push(/<strong class="\w*">([^<]*)<\/strong>/.exec(text)?.[1] ?? "");
  }
  expect(results).toEqual(["verified", "refused: nonce"]);
});
