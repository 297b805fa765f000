import { describe, expect, it } from "@jest/globals";
import { OAuth1Session, type OAuth1SessionOptions } from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";
import { oauthIn, RecordingServer } from "./support/recording-server.ts";
import type { WireRequest } from "./support/wire-request.ts";

const SECRETS = { clientSecret: CANARY.clientSecret, tokenSecret: CANARY.tokenSecret };
const PLACEMENTS = ["header", "query", "body"] as const;
const STATUSES = [301, 302, 303, 307, 308];

const server = await RecordingServer.startForFile();
const elsewhere = await RecordingServer.startForFile();

function session(options: Partial<OAuth1SessionOptions> = {}): OAuth1Session {
  return new OAuth1Session({
    clientKey: "my-app",
    clientSecret: SECRETS.clientSecret,
    token: { key: CANARY.token, secret: SECRETS.tokenSecret },
    ...options,
  });
}

/** The first request is redirected; the others are answered. */
const redirecting = (status: number, location: string | ((request: WireRequest) => string)) =>
  server.begin((request, index) =>
    index > 0
      ? { body: "there" }
      : {
          status,
          headers: { location: typeof location === "string" ? location : location(request) },
        },
  );

type Sending = (session: OAuth1Session, url: string, method: "GET" | "POST") => Promise<unknown>;

const FORM = "a=1&b=x%20y";
const SENDERS: readonly (readonly [string, Sending])[] = [
  [
    "axios",
    (each, url, method) =>
      method === "GET" ? each.get(url) : each.post(url, new URLSearchParams(FORM)),
  ],
  [
    "fetch",
    (each, url, method) =>
      each.fetch(url, { method, ...(method === "POST" && { body: new URLSearchParams(FORM) }) }),
  ],
];

describe.each(SENDERS)("through %s, on the same origin", (_, send) => {
  for (const signatureType of PLACEMENTS) {
    for (const status of STATUSES) {
      it(`${status}: a POST signed in the ${signatureType} is signed anew`, async () => {
        redirecting(status, "/second?c=d%20e");
        await send(session({ signatureType }), `${server.origin}/first?z=%7E`, "POST");
        const kept = status > 303;
        const second = server.requests[1] as WireRequest;
        expect(server.requests.map(({ method, target }) => [method, target.split("?")[0]])).toEqual(
          [
            ["POST", "/first"],
            [kept ? "POST" : "GET", "/second"],
          ],
        );
        if (!kept && signatureType === "body") {
          // Its place is gone with the body: the request goes on, unsigned.
          expect(oauthIn(second)).toEqual([]);
          return;
        }
        const [before, after] = server.accepted(SECRETS);
        expect(after?.placement).toBe(signatureType);
        expect(after?.query.map(String)).toEqual(["c,d e"]);
        expect(after?.form.map(String)).toEqual(kept ? ["a,1", "b,x y"] : []);
        expect(after?.oauth.get("oauth_nonce")).not.toBe(before?.oauth.get("oauth_nonce"));
      });
    }
  }

  it.each(["header", "query"] as const)(
    "a GET signed in the %s has one signature after a redirect that repeats its query",
    async (signatureType) => {
      redirecting(302, ({ target }) => target.replace("/first", "/second"));
      await send(session({ signatureType }), `${server.origin}/first?a=b%20c&a=%2B`, "GET");
      const [, after] = server.accepted(SECRETS);
      expect(after?.query.map(String)).toEqual(["a,b c", "a,+"]);
    },
  );

  it("five redirects in a row are followed, each signed, and a sixth is refused", async () => {
    server.begin((_request, index) =>
      index < 5 ? { status: 307, headers: { location: `/hop${index}` } } : { body: "there" },
    );
    await send(session(), `${server.origin}/start`, "GET");
    const nonces = server.accepted(SECRETS).map(({ oauth }) => oauth.get("oauth_nonce"));
    expect([server.requests.length, new Set(nonces).size]).toEqual([6, 6]);
    server.begin(() => ({ status: 307, headers: { location: "/again" } }));
    const error = await errorOf(() => send(session(), `${server.origin}/start`, "GET"));
    expect(error).toMatchObject({ code: "REDIRECT_REFUSED" });
    expect(server.requests).toHaveLength(6);
  });
});

describe.each(SENDERS)("through %s, to another origin", (_, send) => {
  for (const signatureType of PLACEMENTS) {
    for (const status of STATUSES) {
      it(`${status}: nothing of the signature in the ${signatureType} is sent`, async () => {
        const method = signatureType === "body" ? "POST" : "GET";
        for (const target of [elsewhere.origin, elsewhere.otherOrigin]) {
          // The server repeats what it was sent, as careless ones do.
          redirecting(status, (request) => `${target}${request.target}`);
          const sending = send(session({ signatureType }), `${server.origin}/first?a=b`, method);
          const outcome = await sending.then(
            () => "followed",
            ({ code }: { code: string }) => code,
          );
          // A body is for one origin alone.
          expect(outcome).toBe(method === "POST" && status > 303 ? "REDIRECT_REFUSED" : "followed");
        }
        for (const request of elsewhere.requests) {
          expect(oauthIn(request)).toEqual([]);
          expect(request.headers.map(([name]) => name.toLowerCase())).not.toContain(
            "authorization",
          );
          expect([request.method, request.body.length]).toEqual(["GET", 0]);
          expect(request.target).toBe("/first?a=b");
        }
      });
    }
  }

  it("also not on the way back", async () => {
    redirecting(302, `${elsewhere.origin}/there`);
    elsewhere.begin(() => ({ status: 302, headers: { location: `${server.origin}/back` } }));
    await send(session(), `${server.origin}/first`, "GET");
    const [, back] = server.requests;
    expect([back?.target, oauthIn(back as WireRequest)]).toEqual(["/back", []]);
  });

  it("nor a form or headers of the caller", async () => {
    redirecting(302, `${elsewhere.origin}/there`);
    const http = { headers: { "X-Api-Key": CANARY.data } };
    await send(session({ http }), `${server.origin}/`, "POST");
    const [request] = elsewhere.requests;
    expect(JSON.stringify(request)).not.toContain(CANARY.data);
    expect([request?.method, request?.body.length]).toEqual(["GET", 0]);
  });

  it.each([
    ["to no http", "ftp://example.com/"],
    ["to plain http", "http://example.com/"],
    ["with a password", "https://user:pw@example.com/"],
    ["to a script", "javascript:alert(1)"],
  ])("%s: refused", async (_name, location) => {
    redirecting(302, location);
    const error = await errorOf(() => send(session(), `${server.origin}/`, "GET"));
    expect(error).toMatchObject({ code: "REDIRECT_REFUSED" });
    expect(server.requests).toHaveLength(1);
  });
});
