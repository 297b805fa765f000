import { once } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type IncomingMessage, request } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { startFacebook, startGitHub, startGoogle, startOAuth1 } from "../src/index.ts";
import { closedAfterEach } from "./support/running.ts";
import { askToken, authorizationUrl, exchange, json, post } from "./support/wire.ts";

const running = closedAfterEach();

const ticketOn = (page: string): string => /name="ticket"\s+value="([^"]+)"/.exec(page)?.[1] ?? "";
const userOn = (page: string): string => /name="user"\s+value="([^"]+)"/.exec(page)?.[1] ?? "";

/** Sends exactly these headers: `fetch` sets `Sec-Fetch-Mode` itself. */
async function send(
  url: string,
  method: string,
  headers: Record<string, string>,
): Promise<IncomingMessage> {
  const sent = request(url, { method, headers }).end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return answer.resume();
}

describe("an open consent page", () => {
  it.each([
    ["Google", startGoogle, { scope: "openid" }],
    ["GitHub", startGitHub, {}],
    ["Facebook", startFacebook, {}],
  ] as const)("of %s works after a stranger opened 1,100 others", async (_, start, more) => {
    const emulator = await running(start() as ReturnType<typeof startGitHub>);
    const page = await (await fetch(authorizationUrl(emulator, more))).text();
    for (let batch = 0; batch < 11; batch += 1) {
      await Promise.all(
        Array.from({ length: 100 }, async (__, index) => {
          const state = `stranger-${batch}-${index}`;
          await (await fetch(authorizationUrl(emulator, { ...more, state }))).arrayBuffer();
        }),
      );
    }
    const decision = await fetch(`${emulator.origin}/emulator/decision`, {
      method: "POST",
      body: new URLSearchParams({ ticket: ticketOn(page), user: userOn(page), decision: "allow" }),
      redirect: "manual",
    });
    expect(decision.status).toBe(302);
    const callback = decision.headers.get("location") ?? "";
    expect(callback).toContain("state=some-state");
    expect(await json(exchange(emulator, callback))).toHaveProperty("access_token");
  });

  it("has an encrypted ticket, which other emulators refuse", async () => {
    const [github, other] = [await running(startGitHub()), await running(startGitHub())];
    const url = authorizationUrl(github, { state: "visible-state" });
    const ticket = ticketOn(await (await fetch(url)).text());
    expect(Buffer.from(ticket, "base64url").toString("latin1")).not.toContain("visible-state");
    const fields = { user: "1815", decision: "allow" };
    const changed = ticket.replace(/.$/, (last) => (last === "A" ? "Q" : "A"));
    for (const [origin, sent] of [
      [other.origin, ticket],
      [github.origin, changed],
      [github.origin, ""],
      [github.origin, ticket.slice(0, 20)],
    ] as const) {
      const answer = await post(`${origin}/emulator/decision`, { ...fields, ticket: sent });
      expect([answer.status, await answer.text()]).toEqual([
        400,
        expect.stringContaining("This page is too old"),
      ]);
    }
  });
});

it("keeps the start of a large body only, and not the memory of the rest", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const github = await running(startGitHub());
  const body = `${"x".repeat(65_535)}😀${"y".repeat(2_000_000)}`;
  const sendLarge = async () => {
    await (await fetch(github.endpoints.token, { method: "POST", body })).arrayBuffer();
  };
  await sendLarge();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let count = 0; count < 20; count += 1) await sendLarge();
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
  expect(github.requests.at(-1)?.rawBody).toBe(body.slice(0, 65_536));
});

describe("a request of another site's page", () => {
  const NAVIGATION = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

  it.each([
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", origin: "https://evil.example" },
    { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors", origin: "http://127.0.0.1:1" },
    { "sec-fetch-site": "cross-site", ...NAVIGATION, "sec-purpose": "prefetch" },
    { "sec-fetch-site": "cross-site", ...NAVIGATION, "sec-purpose": "prefetch;prerender" },
    { "sec-fetch-site": "cross-site" },
    { origin: "https://evil.example" },
    { origin: "http://localhost:3000" },
    { origin: "null" },
  ])("that is not a navigation is refused, and not logged: %j", async (headers) => {
    for (const start of [startGitHub, startOAuth1]) {
      const emulator = await running(start() as ReturnType<typeof startGitHub>);
      const url = authorizationUrl(emulator);
      for (const method of ["GET", "POST"]) {
        const { statusCode } = await send(url, method, { ...headers });
        expect(statusCode).toBe(403);
      }
      expect(emulator.requests).toEqual([]);
    }
  });

  it("that posts a form is refused", async () => {
    const github = await running(startGitHub());
    const headers = { "sec-fetch-site": "cross-site", ...NAVIGATION };
    const { statusCode } = await send(`${github.origin}/login/device`, "POST", headers);
    expect(statusCode).toBe(403);
  });

  it.each([
    ["a link of the application", { "sec-fetch-site": "cross-site", ...NAVIGATION }],
    ["an application on another port", { "sec-fetch-site": "same-site", ...NAVIGATION }],
    ["the address bar", { "sec-fetch-site": "none", ...NAVIGATION }],
    ["a program", {}],
  ])("is answered if it comes from %s", async (_, headers) => {
    const github = await running(startGitHub());
    const answer = await send(authorizationUrl(github), "GET", headers);
    expect(answer.statusCode).toBe(200);
    // With no-referrer browsers would send `Origin: null` with the page's own form.
    expect(answer.headers["referrer-policy"]).toBe("same-origin");
    const own = { "sec-fetch-site": "same-origin", origin: github.origin, ...NAVIGATION };
    for (const form of [own, { origin: github.origin }]) {
      const { statusCode } = await send(`${github.origin}/login/device`, "POST", form);
      expect(statusCode).toBe(404);
    }
  });

  it("gets the users' pictures, which applications show", async () => {
    const github = await running(startGitHub());
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
    const picture = github.users[0]?.avatarUrl ?? "";
    expect((await fetch(picture, { headers })).status).toBe(200);
  });
});

describe("a large body", () => {
  const LENGTH = 3 * 1024 * 1024;

  it.each([
    ["a form", "application/x-www-form-urlencoded", `grant_type=${"x".repeat(LENGTH)}`],
    ["JSON", "application/json", JSON.stringify({ grant_type: "x".repeat(LENGTH) })],
    ["text", "text/plain", "é".repeat(LENGTH)],
  ])("of %s is logged in part", async (_, type, body) => {
    const github = await running(startGitHub());
    const headers = { "content-type": type };
    await fetch(github.endpoints.token, { method: "POST", headers, body });
    const kept = github.requests[0];
    expect(kept?.rawBody).toBe(body.slice(0, 64 * 1024));
    expect(kept?.body).toEqual({});
    expect(kept?.status).toBe(200);
  });

  it("is passed to the endpoint completely", async () => {
    const github = await running(startGitHub());
    const reply = await askToken(github, { padding: "x".repeat(LENGTH), code: "wrong" });
    expect(await json(reply)).toMatchObject({ error: "bad_verification_code" });
    expect(github.requests[0]?.rawBody).toHaveLength(64 * 1024);
  });

  it.each([false, true])("of more than 10 MiB is refused: streamed %s", async (streamed) => {
    const github = await running(startGitHub());
    const bytes = new Uint8Array(10 * 1024 * 1024 + 1);
    const body = streamed ? new Blob([bytes]).stream() : bytes;
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    expect((await fetch(github.endpoints.token, init)).status).toBe(413);
    expect(github.requests).toEqual([]);
  });
});
