import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { startOAuth1, type OAuth1Emulator } from "@grantkit/emulator";
import { type OAuth1Session, type OAuth1SessionOptions, type OAuth1Token } from "@grantkit/oauth1";
import { errorOf } from "./support/canaries.ts";
import { sessionAt, signedIn } from "./support/consumer.ts";

let emulator: OAuth1Emulator;
let token: OAuth1Token;

beforeAll(async () => {
  emulator = await startOAuth1({ credentials: "awkward" });
  token = (await signedIn(emulator)).token as OAuth1Token;
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

const session = (options: Partial<OAuth1SessionOptions> = {}): OAuth1Session =>
  sessionAt(emulator, { token, ...options });

/** What the emulator tells of a request that it accepted. */
interface Echo {
  readonly user: string;
  readonly form: [string, string][] | null;
  readonly json: unknown;
  readonly query: [string, string][];
  readonly contentType: string | null;
  readonly bodyBytes: number;
  readonly bodySha256: string;
  readonly bodyHashChecked: boolean;
}

type Send = (session: OAuth1Session, body: unknown, type?: string) => Promise<Echo>;

const byAxios: Send = async (each, body, type) => {
  const headers = type === undefined ? {} : { "Content-Type": type };
  return (await each.post<Echo>("/echo/a?q=%20", body, { headers })).data;
};
const byFetch: Send = async (each, body, type) => {
  const headers = type === undefined ? {} : { "Content-Type": type };
  const init = { method: "POST", body, headers, duplex: "half" } as RequestInit;
  const response = await each.fetch("/echo/a?q=%20", init);
  expect(response.status).toBe(200);
  return (await response.json()) as Echo;
};
const SENDERS = [
  ["axios", byAxios],
  ["fetch", byFetch],
] as const;

const sha256 = (content: string | Buffer): string =>
  createHash("sha256").update(content).digest("hex");
const TEXT = "söme text, 例 & 😀 = +%20";
const BYTES = Buffer.from([0, 255, 254, 128, 10, 13]);
const FORM: [string, string][] = [
  ["a b", "c+d&e=%20"],
  ["a b", ""],
  ["ü", "😀"],
];

describe.each(SENDERS)("bodies through %s", (name, send) => {
  it.each(["header", "query", "body"] as const)(
    "URLSearchParams, signed in the %s",
    async (signatureType) => {
      const echo = await send(session({ signatureType }), new URLSearchParams(FORM));
      expect(echo).toMatchObject({ user: "ada_l", query: [["q", " "]] });
      expect(echo.form?.filter(([field]) => !field.startsWith("oauth_"))).toEqual(FORM);
    },
  );

  it("a form with a Content-Length that the signature changes", async () => {
    const signer = session({ signatureType: "body" });
    const headers = { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": "3" };
    const answer =
      name === "axios"
        ? (await signer.post<Echo>("/echo/a", "a=1", { headers })).data
        : await (await signer.fetch("/echo/a", { method: "POST", body: "a=1", headers })).json();
    expect((answer as Echo).form?.[0]).toEqual(["a", "1"]);
  });

  it("a form as text, with or without its content type", async () => {
    const text = "a%20b=c%2Bd&a+b=&%C3%BC=x";
    const form = [["a b", "c+d"], ["a b", ""], ["ü", "x"]]; // prettier-ignore
    expect((await send(session(), text, "application/x-www-form-urlencoded")).form).toEqual(form);
    expect((await send(session(), text)).form).toEqual(form);
  });

  it("JSON is not signed, and arrives as it was sent", async () => {
    const json = { status: "söme & text", oauth_token: "not the session's" };
    const body = name === "axios" ? json : JSON.stringify(json);
    const echo = await send(session(), body, "application/json");
    expect(echo).toMatchObject({ user: "ada_l", json, form: null, bodyHashChecked: false });
  });

  it.each<[string, () => unknown, string | undefined]>([
    ["text", () => TEXT, "text/plain;charset=utf-8"],
    ["a Blob", () => new Blob([TEXT], { type: "text/plain" }), undefined],
    ["a Blob without a type", () => new Blob([TEXT]), "application/octet-stream"],
    ["a Buffer", () => Buffer.from(TEXT), "application/octet-stream"],
    ["bytes", () => new TextEncoder().encode(TEXT), "application/octet-stream"],
    [
      "a stream",
      () => (name === "axios" ? Readable.from([TEXT]) : new Blob([TEXT]).stream()),
      "application/octet-stream",
    ],
  ])("%s arrives byte for byte", async (_, body, type) => {
    const echo = await send(session(), body(), type);
    expect(echo).toMatchObject({ user: "ada_l", form: null, bodySha256: sha256(TEXT) });
  });

  it("FormData is multipart, and not signed", async () => {
    const body = new FormData();
    body.append("a", "b");
    body.append("file", new Blob([BYTES]), "bytes.bin");
    const echo = await send(session(), body);
    expect(echo).toMatchObject({ user: "ada_l", form: null });
    expect(echo.contentType).toMatch(/^multipart\/form-data; ?boundary=/);
    expect(echo.bodyBytes).toBeGreaterThan(BYTES.length);
  });

  it.each([
    ["HMAC-SHA1", "by-method", {}],
    ["HMAC-SHA256", "by-method", {}],
    ["HMAC-SHA512", "by-method", {}],
    ["PLAINTEXT", "by-method", {}],
    ["HMAC-SHA256", "sha1", { bodyHash: "SHA-1" }],
    ["HMAC-SHA1", "sha256", { bodyHash: "SHA-256" }],
  ] as const)("forceIncludeBody: %s, %s", async (signatureMethod, bodyHash, option) => {
    emulator.configure({ requireBodyHash: true, bodyHash });
    const each = session({ signatureMethod, forceIncludeBody: true, ...option });
    for (const [body, type] of [
      [JSON.stringify({ a: "söme" }), "application/json"],
      [BYTES, "application/octet-stream"],
    ] as const) {
      const echo = await send(each, body, type);
      expect(echo).toMatchObject({ bodyHashChecked: true, bodyBytes: Buffer.from(body).length });
    }
    // Forms have none: they are signed themselves.
    expect(await send(each, new URLSearchParams(FORM))).toMatchObject({ bodyHashChecked: false });
    emulator.configure({ requireBodyHash: false, bodyHash: "by-method" });
  });

  it("what cannot be signed is refused before it is sent, each with a message of its own", async () => {
    const stream = () => (name === "axios" ? Readable.from(["x"]) : new Blob(["x"]).stream());
    const form = "application/x-www-form-urlencoded";
    const attempts: [Partial<OAuth1SessionOptions>, unknown, string, RegExp][] = [
      [{ forceIncludeBody: true }, stream(), "application/octet-stream", /cannot be read before/],
      [{ signatureType: "body" }, TEXT, "text/plain", /signatureType "body"/],
      [{}, "no form: ü", form, /not decodable as a form/],
      [{}, "oauth_token=x&a=b", form, /OAuth parameters in it already/],
    ];
    const messages = new Set<string>();
    for (const [options, body, type, message] of attempts) {
      const error = await errorOf(() => send(session(options), body, type));
      expect(error).toMatchObject({
        code: "REQUEST_UNSIGNABLE",
        message: expect.stringMatching(message),
      });
      messages.add(error.message);
    }
    expect([messages.size, emulator.requests.length]).toEqual([attempts.length, 0]);
  });
});

describe("text and bytes without a Content-Type, which axios sends as a form", () => {
  it.each<[string, unknown]>([
    ["JSON", JSON.stringify({ a: 1 })],
    ["text", TEXT],
    ["bytes", BYTES],
  ])("%s is refused with an explanation, and nothing is sent", async (_, body) => {
    expect(await errorOf(() => byAxios(session(), body))).toMatchObject({
      code: "REQUEST_UNSIGNABLE",
      message: expect.stringMatching(/axios sets for text and bytes.*Set the right Content-Type/),
    });
    expect(emulator.requests).toHaveLength(0);
    const { form, bodySha256 } = await byAxios(session(), body, "application/octet-stream");
    expect([form, bodySha256]).toEqual([null, sha256(body as string)]);
  });

  it("a body hash of a multipart form is refused with an explanation", async () => {
    const error = await errorOf(() => byAxios(session({ forceIncludeBody: true }), new FormData()));
    expect(error.message).toMatch(
      /forceIncludeBody.*multipart form.*use a session without these options/,
    );
  });
});

describe("through a Request, as libraries make them", () => {
  it.each<[string, RequestInit["body"], Partial<Echo>]>([
    ["a form", new URLSearchParams(FORM), { form: FORM }],
    ["JSON", JSON.stringify({ a: 1 }), { form: null, bodySha256: sha256('{"a":1}') }],
  ])("%s", async (_, body, expected) => {
    const request = new Request(`${emulator.endpoints.api}/echo/a`, {
      method: "POST",
      body: body ?? null,
    });
    const response = await session().fetch(request);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ user: "ada_l", ...expected });
  });

  it("a Blob that is a form", async () => {
    const type = "application/x-www-form-urlencoded";
    const body = new Blob(["a=b+c"], { type });
    const response = await session().fetch("/echo/a", { method: "POST", body });
    expect(await response.json()).toMatchObject({ user: "ada_l", form: [["a", "b c"]] });
  });
});

describe("session.axios()", () => {
  it("is an instance whose requests are signed: params, forms, JSON, defaults", async () => {
    const api = await session().axios();
    const params = { q: "a b", list: ["x", "y"], empty: "", ü: "😀", plus: "+" };
    const got = await api.get<Echo>("/echo/a?first=1", { params });
    expect(got.data.query).toEqual([
      ["first", "1"],
      ["q", "a b"],
      ["list[]", "x"],
      ["list[]", "y"],
      ["empty", ""],
      ["ü", "😀"],
      ["plus", "+"],
    ]);
    const type = { "Content-Type": "application/x-www-form-urlencoded" };
    const form = await api.post<Echo>("/echo/a", { a: "b c", d: "é" }, { headers: type });
    expect(form.data.form).toEqual([["a", "b c"], ["d", "é"]]); // prettier-ignore
    expect((await api.postForm<Echo>("/echo/a", { a: "b" })).data).toMatchObject({ form: null });
    expect((await api.put<Echo>("/echo/a", { a: 1 })).data).toMatchObject({ json: { a: 1 } });
    expect((await api.delete("/echo/a")).status).toBe(200);
    expect((await api.head("/echo/a")).status).toBe(200);
  });

  it("returns responses and configs without the signature", async () => {
    const api = await session().axios();
    const { config } = await api.get("/echo/a");
    expect(JSON.stringify([config, api.defaults])).not.toContain("oauth_");
  });
});

it("a custom method that throws stops the request, and what it threw is not shown", async () => {
  const sign = (): string => {
    throw new RangeError("the key is canary-0001");
  };
  const closed = sessionAt(emulator, { signatureMethod: { name: "CLOSED", sign } });
  for (const send of [closed.fetch("/echo"), closed.get("/echo")]) {
    const error: unknown = await send.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "REQUEST_UNSIGNABLE" });
    expect(String(error)).not.toContain("canary");
  }
  expect(emulator.requests).toEqual([]);
});
