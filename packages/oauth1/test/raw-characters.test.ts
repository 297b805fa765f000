import { describe, expect, it } from "@jest/globals";
import { OAuth1Session, type OAuth1SessionOptions, sign, verify } from "@grantkit/oauth1";
import { CANARY } from "./support/canaries.ts";
import { RecordingServer } from "./support/recording-server.ts";

// What WHATWG URLs leave raw in a query, though no URI has it (RFC 3986 §2).
const RAW = "[]{}|\\^`";
const ENCODED = "%5B%5D%7B%7D%7C%5C%5E%60";
const RAW_QUERY = `filter[a]=x|y&${RAW}=${RAW}&q=a%7cb+c'd`;
const SENT_QUERY = `filter%5Ba%5D=x%7Cy&${ENCODED}=${ENCODED}&q=a%7cb+c%27d`;
const SECRETS = { clientSecret: CANARY.clientSecret, tokenSecret: CANARY.tokenSecret };

const server = await RecordingServer.startForFile();

const session = (options: Partial<OAuth1SessionOptions> = {}): OAuth1Session =>
  new OAuth1Session({
    clientKey: "my-app",
    clientSecret: SECRETS.clientSecret,
    token: { key: CANARY.token, secret: SECRETS.tokenSecret },
    ...options,
  });

type Face = (each: OAuth1Session, url: string) => Promise<unknown>;
const faces: readonly [string, Face][] = [
  ["get", (each, url) => each.get(url)],
  ["request", (each, url) => each.request({ url })],
  ["axios()", async (each, url) => (await each.axios()).get(url)],
  ["fetch of a string", (each, url) => each.fetch(url)],
  ["fetch of a URL", (each, url) => each.fetch(new URL(url))],
  ["fetch of a Request", (each, url) => each.fetch(new Request(url))],
  ["post of a form", (each, url) => each.post(url, new URLSearchParams({ [RAW]: RAW }))],
];

describe.each(["header", "query"] as const)("with the signature in the %s", (signatureType) => {
  it.each(faces)("%s sends and signs raw characters percent-encoded", async (_face, send) => {
    await send(session({ signatureType }), `${server.origin}/a?${RAW_QUERY}`);
    const target = server.requests[0]?.target ?? "";
    expect(target.replace(/&oauth_.*$/, "")).toBe(`/a?${SENT_QUERY}`);
    const [accepted] = server.accepted(SECRETS);
    expect(accepted).toBeDefined();
  });
});

it("params of axios are sent percent-encoded", async () => {
  await session().get(`${server.origin}/a`, { params: { ids: [1, 2], "a|b": RAW } });
  const target = server.requests[0]?.target ?? "";
  expect(target).not.toMatch(/[[\]{}|\\^`]/);
  expect(target).toContain(ENCODED);
  expect(server.accepted(SECRETS)).toHaveLength(1);
});

it("a redirect to raw characters is followed and signed percent-encoded", async () => {
  server.begin((_request, index) =>
    index % 2 === 0 ? { status: 302, headers: { location: `/b?${RAW_QUERY}` } } : { body: "ok" },
  );
  await session().get(`${server.origin}/a`);
  await session().fetch(`${server.origin}/a`);
  expect(server.requests.map(({ target }) => target)).toEqual([
    "/a",
    `/b?${SENT_QUERY}`,
    "/a",
    `/b?${SENT_QUERY}`,
  ]);
  expect(server.accepted(SECRETS)).toHaveLength(4);
});

it("a token endpoint with raw characters gets them percent-encoded", async () => {
  server.begin(() => ({
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true",
  }));
  const url = `${server.origin}/token?${RAW_QUERY}`;
  const fresh = new OAuth1Session({
    clientKey: "my-app",
    clientSecret: SECRETS.clientSecret,
    callbackUri: "https://app.example.com/",
  });
  await fresh.fetchRequestToken({ url });
  expect(server.requests.at(-1)?.target).toBe(`/token?${SENT_QUERY}`);
});

describe("sign() and verify()", () => {
  const clock = { now: () => 1_700_000_000_000, after: () => () => undefined };
  const credentials = { clientKey: "my-app", clientSecret: SECRETS.clientSecret, clock };
  const lookup = () => ({ clientSecret: SECRETS.clientSecret });
  const URL_RAW = `https://api.example.com/a?${RAW_QUERY}`;

  it.each(["header", "query"] as const)(
    "sign() in the %s returns the encoded URL",
    async (signatureType) => {
      for (const url of [URL_RAW, new URL(URL_RAW)]) {
        const signed = await sign({ url }, { ...credentials, signatureType });
        expect(signed.url.replace(/&oauth_.*$/, "")).toBe(
          `https://api.example.com/a?${SENT_QUERY}`,
        );
      }
    },
  );

  it("sign() signs raw and encoded characters alike", async () => {
    const fixed = { ...credentials, nonce: "n" };
    const signatures = await Promise.all(
      [RAW_QUERY, SENT_QUERY].map((query) =>
        sign({ url: `https://api.example.com/a?${query}` }, fixed),
      ),
    );
    expect(signatures[0]).toEqual(signatures[1]);
  });

  it("verify() takes the query raw and encoded, of parts and of a Request", async () => {
    const { headers } = await sign({ url: URL_RAW }, credentials);
    for (const query of [RAW_QUERY, SENT_QUERY, RAW_QUERY.replaceAll("|", "%7c")]) {
      const url = `https://api.example.com/a?${query}`;
      for (const request of [{ method: "GET", url, headers }, new Request(url, { headers })]) {
        const { parameters } = await verify(request, lookup, { clock, useNonce: false });
        expect([...parameters]).toEqual([
          ["filter[a]", "x|y"],
          [RAW, RAW],
          ["q", "a|b c'd"],
        ]);
      }
    }
  });
});

it("the path stays as it is", async () => {
  await session().get(`${server.origin}/a[1]|b?x=1`);
  expect(server.requests[0]?.target).toBe("/a[1]|b?x=1");
  expect(server.accepted(SECRETS)).toHaveLength(1);
});
