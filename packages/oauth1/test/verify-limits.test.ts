// What verify() reads of a request before it knows who sent it, and how much.
import { describe, expect, it } from "@jest/globals";
import { FakeClock } from "@grantkit/core/testing";
import {
  type OAuth1Credentials,
  type ReceivedRequest,
  sign,
  verify,
  type VerifyOptions,
} from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";

const URL = "https://tool.example.com/lti";
const FORM_TYPE = "application/x-www-form-urlencoded";
const FORM = { "Content-Type": FORM_TYPE };
const JSON_TYPE = { "Content-Type": "application/json" };
const SECRETS = { clientSecret: CANARY.clientSecret };
const MIB = 1_048_576;
const clock = new FakeClock();

const known = (clientKey: string) => (clientKey === "platform" ? SECRETS : undefined);

interface Streamed {
  readonly request: Request;
  /** How many chunks were taken, and whether the rest was let go. */
  readonly taken: () => number;
}

/** A request whose body comes chunk by chunk, only when somebody reads it. */
function streamed(
  headers: Record<string, string>,
  chunks: Iterable<string>,
  url: string = URL,
): Streamed {
  let taken = 0;
  const source = chunks[Symbol.iterator]();
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = source.next();
        if (next.done) return controller.close();
        taken += 1;
        return controller.enqueue(new TextEncoder().encode(next.value));
      },
    },
    { highWaterMark: 0 },
  );
  const init = { method: "POST", headers, body, duplex: "half" } as RequestInit;
  return { request: new Request(url, init), taken: () => taken };
}

function* endless(chunk: string): Generator<string> {
  for (;;) yield chunk;
}

/** A signed request whose body is then streamed, or another one in its place. */
async function signedStream(
  {
    body,
    headers,
    sent = [body],
  }: { body: string; headers: Record<string, string>; sent?: Iterable<string> },
  credentials: Partial<OAuth1Credentials> = {},
): Promise<Streamed> {
  const signed = await sign(
    { method: "POST", url: URL, headers, body },
    { clientKey: "platform", ...SECRETS, clock, ...credentials },
  );
  return streamed(signed.headers, sent, signed.url);
}

const outcome = (
  request: Request | ReceivedRequest,
  options: VerifyOptions = {},
  lookup: Parameters<typeof verify>[1] = known,
) => errorOf(() => verify(request, lookup, { clock, ...options }));

describe.each([
  ["a form", { headers: FORM, body: "a=b" }, {}],
  ["JSON", { headers: JSON_TYPE, body: '{"a":1}' }, { bodyHash: "SHA-1" }],
] as const)("the body of %s is not read", (_what, parts, hash) => {
  const sent = () => endless("x".repeat(65_536));

  it.each<[string, Partial<OAuth1Credentials>, string]>([
    ["whose timestamp is too old", { timestamp: clock.seconds - 301 }, "TIMESTAMP_REFUSED"],
    ["whose timestamp is too far ahead", { timestamp: clock.seconds + 301 }, "TIMESTAMP_REFUSED"],
    ["of an unknown client", { clientKey: "stranger" }, "SIGNATURE_INVALID"],
    ["of an unknown token", { resourceOwnerKey: "nobody" }, "SIGNATURE_INVALID"],
    ["signed in a way that is not accepted", { signatureMethod: "PLAINTEXT" }, "INVALID_REQUEST"],
  ])("%s", async (_case, credentials, code) => {
    for (const signatureType of ["header", "query"] as const) {
      const { request, taken } = await signedStream(
        { ...parts, sent: sent() },
        { ...hash, ...credentials, signatureType },
      );
      expect(await outcome(request)).toMatchObject({ code });
      expect([taken(), request.bodyUsed]).toEqual([0, false]);
    }
  });

  it("when the lookup throws", async () => {
    const { request, taken } = await signedStream({ ...parts, sent: sent() }, hash);
    const lookup = () => Promise.reject(new RangeError("mine"));
    await expect(verify(request, lookup, { clock })).rejects.toThrow(RangeError);
    expect(taken()).toBe(0);
  });

  it("when its Content-Length is above the limit", async () => {
    const { request, taken } = await signedStream(
      { ...parts, headers: { ...parts.headers, "Content-Length": String(MIB + 1) }, sent: sent() },
      hash,
    );
    expect(await outcome(request)).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringMatching(/larger than 1048576 bytes.*maxBodyBytes/),
    });
    expect(taken()).toBe(0);
  });
});

describe("the body is not read either", () => {
  it("when a signature that does not cover it is wrong", async () => {
    const { request, taken } = await signedStream(
      { headers: JSON_TYPE, body: "{}", sent: endless("x") },
      { clientSecret: "another", forceIncludeBody: true },
    );
    expect(await outcome(request)).toMatchObject({ code: "SIGNATURE_INVALID" });
    expect(taken()).toBe(0);
  });

  it("when there are no OAuth parameters and it is no form", async () => {
    const { request, taken } = streamed(JSON_TYPE, endless("x"));
    expect(await outcome(request)).toMatchObject({ code: "INVALID_REQUEST" });
    expect(taken()).toBe(0);
  });

  it("when the signature does not need it", async () => {
    const { request, taken } = await signedStream({ headers: JSON_TYPE, body: "{}" });
    await verify(request, known, { clock, requireBodyHash: false });
    expect(taken()).toBe(0);
    expect(await request.text()).toBe("{}");
  });
});

describe("a body that is too large", () => {
  const chunk = "a".repeat(65_536);

  it.each<[string, Record<string, string>, Partial<OAuth1Credentials>]>([
    ["a form that the signature covers", FORM, {}],
    ["a form that has the OAuth parameters", FORM, { signatureType: "body" }],
    ["JSON with a hash", JSON_TYPE, { forceIncludeBody: true }],
  ])("is read up to the limit: %s", async (_what, headers, credentials) => {
    const body = headers === FORM ? "a=b" : "{}";
    const { request, taken } = await signedStream(
      { headers, body, sent: endless(chunk) },
      credentials,
    );
    expect(await outcome(request)).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringMatching(/larger than 1048576 bytes.*maxBodyBytes/),
    });
    expect(taken()).toBeLessThanOrEqual(MIB / chunk.length + 2);
    const before = taken();
    await new Promise((resolve) => setImmediate(resolve));
    expect(taken()).toBe(before);
  });

  it("has the limit maxBodyBytes, whether it is read or passed", async () => {
    const body = JSON.stringify("é".repeat(500));
    const bytes = new TextEncoder().encode(body);
    const hashed = { forceIncludeBody: true };
    for (const [maxBodyBytes, code] of [
      [bytes.length, undefined],
      [bytes.length - 1, "INVALID_REQUEST"],
    ] as const) {
      const parts = { method: "POST", url: URL, headers: JSON_TYPE, body };
      const credentials = { clientKey: "platform", ...SECRETS, clock, ...hashed };
      for (const received of [
        (await signedStream({ headers: JSON_TYPE, body }, hashed)).request,
        await sign(parts, credentials),
        { ...(await sign(parts, credentials)), body: bytes },
      ]) {
        const result = await verify(received, known, { clock, maxBodyBytes }).then(
          () => undefined,
          (error: { code: string }) => error.code,
        );
        expect(result).toBe(code);
      }
    }
  });

  it.each<[string, ReceivedRequest["body"], Record<string, string>]>([
    ["text of a form", "a=b&".repeat(MIB), FORM],
    ["text beyond ASCII", `a=${"é".repeat(MIB / 2)}`, FORM],
    ["bytes of a form", new Uint8Array(MIB + 1).fill(97), FORM],
    ["parsed fields", { a: "x".repeat(MIB) }, FORM],
    ["URLSearchParams", new URLSearchParams({ a: "x".repeat(MIB) }), FORM],
  ])("is refused when it is passed as %s", async (_what, body, headers) => {
    const authorization = `OAuth oauth_consumer_key="platform", oauth_nonce="n", oauth_timestamp="${clock.seconds}", oauth_signature_method="HMAC-SHA1", oauth_signature="x"`;
    const asked: string[] = [];
    const received = { method: "POST", url: URL, headers: { ...headers, authorization }, body };
    const error = await outcome(received, {}, (key) => {
      asked.push(key);
      return undefined;
    });
    expect(error).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringMatching(/maxBodyBytes/),
    });
    expect(asked).toEqual([]);
  });

  it.each([0, -1, 1.5, Number.NaN, "1000", null, Infinity])(
    "has a limit that cannot be %s",
    async (maxBodyBytes) => {
      const request = { method: "GET", url: URL };
      expect(await outcome(request, { maxBodyBytes: maxBodyBytes as number })).toMatchObject({
        code: "CONFIGURATION_INVALID",
        problems: [expect.stringContaining("maxBodyBytes must be")],
      });
    },
  );
});

describe("a body that may be read", () => {
  it.each<[string, Partial<OAuth1Credentials>]>([
    ["in the header", {}],
    ["in the query", { signatureType: "query" }],
    ["in the form", { signatureType: "body" }],
  ])(
    "can be in chunks of any size, with the OAuth parameters %s, and be read again",
    async (_where, credentials) => {
      const { headers, url, body } = await sign(
        { method: "POST", url: URL, headers: FORM, body: "name=%C3%A9va&b=" },
        { clientKey: "platform", ...SECRETS, clock, ...credentials },
      );
      const { request } = streamed(headers, String(body), url);
      const { parameters } = await verify(request, known, { clock });
      expect([...parameters]).toEqual([
        ["name", "éva"],
        ["b", ""],
      ]);
      expect(await request.text()).toBe(body);
    },
  );

  it("is refused when it differs from its hash or has none", async () => {
    const parts = { headers: JSON_TYPE, body: '{"a":1}' };
    const hashed = await signedStream(parts, { forceIncludeBody: true });
    expect(await verify(hashed.request, known, { clock })).toBeDefined();
    const changed = await signedStream(
      { ...parts, sent: ['{"a":', "2}"] },
      { forceIncludeBody: true },
    );
    expect(await outcome(changed.request)).toMatchObject({ code: "SIGNATURE_INVALID" });
    const bare = await signedStream(parts);
    expect(await outcome(bare.request)).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("requireBodyHash"),
    });
    const empty = await signedStream({ ...parts, body: "" });
    expect(await verify(empty.request, known, { clock })).toBeDefined();
  });

  it("must not have OAuth parameters when the header has them, nor a hash when it is a form", async () => {
    const twice = await signedStream({ headers: FORM, body: "a=b", sent: ["a=b&oauth_token=x"] });
    expect(await outcome(twice.request)).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("more than one place"),
    });
    const { request: json } = await signedStream(
      { headers: JSON_TYPE, body: "{}" },
      { forceIncludeBody: true },
    );
    const headers = { authorization: json.headers.get("authorization") ?? "", ...FORM };
    expect(await outcome(streamed(headers, ["a=1"]).request)).toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("oauth_body_hash"),
    });
  });

  it("makes verify() throw what its stream throws", async () => {
    const failing = function* (): Generator<string> {
      yield "a=";
      throw new RangeError("cut");
    };
    const { request } = await signedStream({ headers: FORM, body: "a=b", sent: failing() });
    await expect(verify(request, known, { clock })).rejects.toThrow(RangeError);
  });

  it("must not be read by the caller at the same time, not even during the lookup", async () => {
    const reading = await signedStream({ headers: FORM, body: "a=b" });
    reading.request.body?.getReader();
    const later = await signedStream({ headers: FORM, body: "a=b" });
    const lookup = async () => {
      await later.request.text();
      return SECRETS;
    };
    for (const error of [
      await outcome(reading.request),
      await outcome(later.request, {}, lookup),
    ]) {
      expect(error).toMatchObject({
        code: "CONFIGURATION_INVALID",
        problems: [expect.stringContaining("call verify() before that")],
      });
    }
  });

  it("may have 10,000 parameters", async () => {
    const body = new URLSearchParams(
      Array.from(
        { length: 9990 },
        (_, index) => [`p${index % 100}`, `${index} é`] as [string, string],
      ),
    ).toString();
    const { request } = await signedStream({ headers: FORM, body });
    expect([...(await verify(request, known, { clock })).parameters]).toHaveLength(9990);
  });
});

describe("a request of more than 10,000 parameters", () => {
  const OAUTH = `oauth_consumer_key=platform&oauth_nonce=n&oauth_timestamp=${clock.seconds}&oauth_signature_method=HMAC-SHA1&oauth_signature=x`;
  const maxBodyBytes = 64 * MIB;

  /** Counts the percent-encodings and decodings of a call. */
  async function counted(work: () => Promise<unknown>): Promise<number> {
    const { encodeURIComponent: encode, decodeURIComponent: decode } = globalThis;
    let calls = 0;
    globalThis.encodeURIComponent = (text) => {
      calls += 1;
      return encode(text);
    };
    globalThis.decodeURIComponent = (text) => {
      calls += 1;
      return decode(text);
    };
    try {
      await work();
    } finally {
      Object.assign(globalThis, { encodeURIComponent: encode, decodeURIComponent: decode });
    }
    return calls;
  }

  const asHeaderPair = (pair: string): string => {
    const [name, value = ""] = pair.split("=");
    return `${name}="${value}"`;
  };
  const places: readonly [string, (pairs: string) => Request | ReceivedRequest][] = [
    ["a form", (pairs) => new Request(URL, { method: "POST", headers: FORM, body: pairs + OAUTH })],
    [
      "a form in memory",
      (pairs) => ({ method: "POST", url: URL, headers: FORM, body: pairs + OAUTH }),
    ],
    [
      "parsed fields",
      (pairs) => ({ method: "POST", url: URL, body: new URLSearchParams(pairs + OAUTH) }),
    ],
    ["the query", (pairs) => ({ method: "GET", url: `${URL}?${pairs}${OAUTH}` })],
    [
      "the header",
      (pairs) => ({
        method: "GET",
        url: URL,
        headers: {
          authorization: `OAuth ${(pairs + OAUTH).split("&").map(asHeaderPair).join(",")}`,
        },
      }),
    ],
  ];

  it.each(places)("is refused in %s after constant work", async (_place, receive) => {
    for (const pair of ["a=b&", "%61=%2B&", "a&", "[=|&"]) {
      const work: number[] = [];
      for (const size of [20_000, 80_000]) {
        const received = receive(pair.repeat(size));
        work.push(
          await counted(async () => {
            expect(await outcome(received, { maxBodyBytes })).toMatchObject({
              code: "INVALID_REQUEST",
              message: expect.stringMatching(/more than 10,000 parameters/),
            });
          }),
        );
      }
      expect(work[1]).toBe(work[0]);
      expect(work[0]).toBeLessThan(20_100);
    }
  });
});
