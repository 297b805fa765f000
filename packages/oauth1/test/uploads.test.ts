// Uploads at the origins that the presets name. Each request is sent to a server on this machine instead, as it is.
import axios, { type AxiosAdapter } from "axios";
import { afterEach, describe, expect, it } from "@jest/globals";
import {
  defineOAuth1Provider,
  discogs,
  flickr,
  OAuth1Session,
  type OAuth1SessionOptions,
  tumblr,
  x,
} from "@grantkit/oauth1";
import { CANARY, errorOf } from "./support/canaries.ts";
import { RecordingServer } from "./support/recording-server.ts";
import { baseString, isSignedBy, parameterSources } from "./support/reference-signer.ts";
import { accept } from "./support/reference-verifier.ts";
import { headerOf, type WireRequest } from "./support/wire-request.ts";

const SECRETS = { clientSecret: CANARY.clientSecret, tokenSecret: CANARY.tokenSecret };
const PICTURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x00, 0xff]);

const server = await RecordingServer.startForFile();
const sentTo: string[] = [];
afterEach(() => {
  sentTo.length = 0;
});

function here(url: string): string {
  const target = new URL(url);
  sentTo.push(target.origin);
  return server.origin + target.pathname + target.search;
}

const adapter: AxiosAdapter = (config) =>
  axios.getAdapter("http")({ ...config, url: here(String(config.url)) });
const localFetch = ((url: string | URL, init?: RequestInit) =>
  fetch(here(String(url)), init)) as typeof fetch;

function session(options: Partial<OAuth1SessionOptions>): OAuth1Session {
  return new OAuth1Session({
    clientKey: "my-app",
    clientSecret: SECRETS.clientSecret,
    token: { key: CANARY.token, secret: SECRETS.tokenSecret },
    http: { adapter },
    fetch: localFetch,
    ...options,
  });
}

type Face = (each: OAuth1Session, url: string, body: FormData) => Promise<unknown>;
const faces: readonly [string, Face][] = [
  ["post", (each, url, body) => each.post(url, body)],
  ["request", (each, url, data) => each.request({ method: "POST", url, data })],
  ["axios()", async (each, url, body) => (await each.axios()).post(url, body)],
  ["fetch", (each, url, body) => each.fetch(url, { method: "POST", body })],
];

function formOf(fields: Readonly<Record<string, string>>, file: string): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append(file, new Blob([PICTURE], { type: "image/png" }), "picture.png");
  return form;
}

/** A form as the package form-data makes it. */
class ForeignForm {
  getHeaders = (): object => ({ "content-type": "multipart/form-data; boundary=x" });
  pipe = (): void => undefined;
}

/** The request as the provider's server saw it. */
function received(index = 0): WireRequest {
  const request = server.requests[index] as WireRequest;
  const headers = request.headers.filter(([name]) => name.toLowerCase() !== "host");
  const { host } = new URL(sentTo[index] ?? "");
  return { ...request, scheme: "https", headers: [...headers, ["Host", host]] };
}

/** Whether the signature covers these parameters besides those of header and query. */
function isSignedWith(
  request: WireRequest,
  fields: readonly (readonly [string, string])[],
): boolean {
  const sources = parameterSources(request);
  const body = fields.map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const);
  const signature = sources.header.find(([name]) => name.toString() === "oauth_signature")?.[1];
  const text = baseString(request, { ...sources, body });
  return isSignedBy(text, "HMAC-SHA1", SECRETS, signature?.toString() ?? "");
}

describe.each(["https://upload.x.com", "https://upload.twitter.com", "https://api.x.com"])(
  "at %s",
  (origin) => {
    it.each(faces)("%s sends a multipart form without signing its fields", async (_face, send) => {
      const fields = { command: "APPEND", media_id: "7", segment_index: "0" };
      await send(
        session({ provider: x() }),
        `${origin}/1.1/media/upload.json`,
        formOf(fields, "media"),
      );
      expect(sentTo).toEqual([origin]);
      const request = received();
      expect(headerOf(request, "Content-Type")).toMatch(/^multipart\/form-data; ?boundary=/);
      expect(request.body.includes(Buffer.from(PICTURE))).toBe(true);
      expect(request.body.includes('name="segment_index"')).toBe(true);
      expect(accept(request, SECRETS)).toMatchObject({ placement: "header", form: [] });
    });

    it("the other steps of a chunked upload are signed forms, or parameters in the query", async () => {
      const url = `${origin}/1.1/media/upload.json`;
      const each = session({ provider: x() });
      const init = { command: "INIT", total_bytes: "6", media_type: "image/png" };
      await each.post(url, new URLSearchParams(init));
      await each.post(url, formOf({}, "media"), { params: { command: "APPEND", media_id: "7" } });
      const [form, query] = [accept(received(0), SECRETS), accept(received(1), SECRETS)];
      expect(form.form.map(String)).toEqual(Object.entries(init).map(String));
      expect(query.query.map(String)).toEqual(["command,APPEND", "media_id,7"]);
    });
  },
);

it("axios's postForm() is sent unsigned at X, and refused at Flickr because its fields cannot be read", async () => {
  const fields = { command: "APPEND", media: Buffer.from(PICTURE) };
  const url = "https://upload.twitter.com/1.1/media/upload.json";
  await (await session({ provider: x() }).axios()).postForm(url, fields);
  expect(accept(received(), SECRETS)).toMatchObject({ placement: "header", form: [] });
  const atFlickr = await session({ provider: flickr() }).axios();
  const sending = () => atFlickr.postForm("https://up.flickr.com/services/upload/", fields);
  expect(await errorOf(sending)).toMatchObject({ code: "REQUEST_UNSIGNABLE" });
});

it("tumblr's multipart posts are sent without their fields in the signature", async () => {
  await session({ provider: tumblr() }).post("/blog/a/post", formOf({ type: "photo" }, "data"));
  expect(accept(received(), SECRETS)).toMatchObject({ placement: "header" });
});

describe("Flickr, which expects the text fields of a multipart form to be signed", () => {
  const UPLOAD = "https://up.flickr.com/services/upload/";
  const FIELDS = { title: "Éva & co", description: "two\nlines", tags: "a b", is_public: "0" };
  const SIGNED = Object.entries({ ...FIELDS, description: "two\r\nlines" });

  it.each(faces)("%s signs them as they are sent, and not the photo", async (_face, send) => {
    await send(session({ provider: flickr() }), `${UPLOAD}?async=1`, formOf(FIELDS, "photo"));
    expect(sentTo).toEqual(["https://up.flickr.com"]);
    const request = received();
    expect(request.body.includes("two\r\nlines")).toBe(true);
    expect(isSignedWith(request, SIGNED)).toBe(true);
  });

  it("signs each value of a field, and a form without text fields", async () => {
    const each = session({ provider: flickr() });
    const form = formOf({ tags: "a" }, "photo");
    form.append("tags", "b");
    await each.post(UPLOAD, form);
    await each.post(UPLOAD, formOf({}, "photo"));
    expect(
      isSignedWith(received(0), [
        ["tags", "a"],
        ["tags", "b"],
      ]),
    ).toBe(true);
    expect(isSignedWith(received(1), [])).toBe(true);
  });

  it.each<[string, () => unknown, Record<string, string>]>([
    ["bytes", () => PICTURE, { "Content-Type": "multipart/form-data; boundary=x" }],
    ["text", () => "--x--", { "Content-Type": "multipart/mixed; boundary=x" }],
    ["another library's form", () => new ForeignForm(), {}],
  ])(
    "refuses a multipart body of %s, whose fields cannot be read, before anything is sent",
    async (_what, body, headers) => {
      const error = await errorOf(() =>
        session({ provider: flickr() }).post(UPLOAD, body(), { headers }),
      );
      expect(error).toMatchObject({
        code: "REQUEST_UNSIGNABLE",
        message: expect.stringMatching(/text fields of a multipart form.*Pass a FormData/),
      });
      expect(server.requests).toHaveLength(0);
    },
  );

  it("refuses a Request, whose body is a stream", async () => {
    const request = new Request(UPLOAD, { method: "POST", body: formOf(FIELDS, "photo") });
    expect(await errorOf(() => session({ provider: flickr() }).fetch(request))).toMatchObject({
      code: "REQUEST_UNSIGNABLE",
    });
    expect(server.requests).toHaveLength(0);
  });

  it("signs them by signsMultipartFields, which other definitions can set too", async () => {
    const { endpoints } = discogs();
    const definition = { name: "example", endpoints, api: { baseUrl: "https://api.example.com" } };
    const form = formOf({ a: "1" }, "file");
    for (const signsMultipartFields of [true, false]) {
      const provider = defineOAuth1Provider({ ...definition, signsMultipartFields });
      await session({ provider }).post("/upload", form);
    }
    expect(isSignedWith(received(0), [["a", "1"]])).toBe(true);
    expect(isSignedWith(received(1), [])).toBe(true);
    expect(() =>
      defineOAuth1Provider({ ...definition, signsMultipartFields: "yes" as never }),
    ).toThrow(/signsMultipartFields must be true or false/);
  });
});

it("a provider with an emulator's endpoints refuses an upload to the real origin, with a message", async () => {
  const { origin } = server;
  const endpoints = {
    requestToken: origin,
    authorization: origin,
    accessToken: origin,
    api: origin,
  };
  const error = await errorOf(() =>
    session({ provider: x({ endpoints }) }).post(
      "https://upload.twitter.com/1.1/",
      formOf({}, "a"),
    ),
  );
  expect(error).toMatchObject({ code: "ORIGIN_NOT_ALLOWED" });
  expect(error.message).toContain("allowedOrigins");
  expect(server.requests).toHaveLength(0);
});

it("a multipart form with its signature in the body, or with a body hash, is refused with a message", async () => {
  for (const [options, sentence] of [
    [{ signatureType: "body" }, /signatureType "header"/],
    [{ bodyHash: "SHA-1" }, /multipart form/],
  ] as const) {
    const each = session({ provider: x(), ...options });
    const sending = () => each.post("https://upload.twitter.com/1.1/", formOf({}, "media"));
    expect(await errorOf(sending)).toMatchObject({
      code: "REQUEST_UNSIGNABLE",
      message: expect.stringMatching(sentence),
    });
  }
  expect(server.requests).toHaveLength(0);
});
