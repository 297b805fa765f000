import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type OAuth1Emulator, startOAuth1 } from "@grantkit/emulator";
import { type OAuth1Session, registerSignatureMethod } from "@grantkit/oauth1";
import { sessionAt, signedIn } from "./support/consumer.ts";

let emulator: OAuth1Emulator;
let session: OAuth1Session;

beforeAll(async () => {
  emulator = await startOAuth1();
  session = await signedIn(emulator, { forceIncludeBody: true });
});
afterAll(() => emulator.close());
beforeEach(() => emulator.clearRequests());

/** What the server saw of a request, sent by fetch and by axios. */
async function bothWays(
  body: RequestInit["body"],
  headers: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>[]> {
  const response = await session.fetch("/echo", { method: "POST", body: body ?? null, headers });
  const { data } = await session.post<Record<string, unknown>>("/echo", body, { headers });
  return [(await response.json()) as Record<string, unknown>, data];
}

describe("bodies of a session's requests", () => {
  it("a form is signed: as parameters, and as text", async () => {
    const form = new URLSearchParams([
      ["a b", "c+d"],
      ["ü", ""],
    ]);
    const text = "a+b=c%2Bd&%C3%BC=";
    const type = { "Content-Type": "application/x-www-form-urlencoded" };
    const seen = [...(await bothWays(form)), ...(await bothWays(text, type))];
    for (const { form: fields } of seen) {
      expect(fields).toEqual([
        ["a b", "c+d"],
        ["ü", ""],
      ]);
    }
  });

  it("the form of a Request is signed, though it has become a stream", async () => {
    const body = new URLSearchParams({ a: "b c" });
    const request = new Request(`${emulator.endpoints.api}/echo`, { method: "POST", body });
    const response = await session.fetch(request);
    expect(await response.json()).toMatchObject({ form: [["a", "b c"]] });
  });

  it("an object is JSON, as in axios, with its hash", async () => {
    const { data } = await session.post<unknown>("/echo", { a: [1, "ü"] });
    expect(data).toMatchObject({ json: { a: [1, "ü"] }, form: null, bodyHashChecked: true });
  });

  it("bytes that are no text have their hash", async () => {
    const bytes = new Uint8Array([0, 255, 128, 10]);
    for (const seen of await bothWays(bytes, { "Content-Type": "application/octet-stream" })) {
      expect(seen).toMatchObject({ bodyBytes: 4, bodyHashChecked: true });
    }
  });

  it("what cannot be read before it is sent goes unhashed where no hash is asked for", async () => {
    const plain = await signedIn(emulator);
    const files = new FormData();
    files.set("a", "b");
    files.set("file", new Blob(["x"], { type: "text/plain" }), "x.txt");
    for (const [body, type] of [
      [files, /^multipart\/form-data; boundary=/],
      [new Blob(["{}"], { type: "application/json" }), /^application\/json$/],
    ] as const) {
      const response = await plain.fetch("/echo", { method: "POST", body });
      const { data } = await plain.post<Record<string, unknown>>("/echo", body);
      for (const seen of [(await response.json()) as Record<string, unknown>, data]) {
        expect(seen["contentType"]).toMatch(type);
        expect(seen["bodyHashChecked"]).not.toBe(true);
      }
    }
  });

  it("and is refused where one is", async () => {
    const files = new FormData();
    files.set("a", "b");
    for (const send of [
      session.fetch("/echo", { method: "POST", body: files }),
      session.post("/echo", files),
    ]) {
      await expect(send).rejects.toMatchObject({ code: "REQUEST_UNSIGNABLE" });
    }
    expect(emulator.requests).toEqual([]);
  });
});

it("a registered method that throws stops the request, and what it threw is not shown", async () => {
  registerSignatureMethod("CLOSED", () => {
    throw new RangeError("the key is canary-0001");
  });
  const closed = sessionAt(emulator, { signatureMethod: "CLOSED" });
  for (const send of [closed.fetch("/echo"), closed.get("/echo")]) {
    const error: unknown = await send.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "REQUEST_UNSIGNABLE" });
    expect(String(error)).not.toContain("canary");
  }
  expect(emulator.requests).toEqual([]);
});
