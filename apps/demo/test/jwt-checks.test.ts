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
