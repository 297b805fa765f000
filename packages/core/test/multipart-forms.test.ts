import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { isApiError, type OAuth2Session, Token } from "@grantkit/core";
import axios from "axios";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";

let example: ExampleProvider;
beforeEach(async () => {
  example = await ExampleProvider.start();
  example.rotate("rt-old");
  example.api = ({ body }) => ({ body: { length: body.length } });
});
afterEach(() => example.close());

const refused = { accessToken: "at-old-0001", refreshToken: "rt-old" };

/** A session whose token the API no longer accepts. */
function session(http: object = {}): OAuth2Session {
  return example.client({ http }).session(refused);
}

/** The fields of the form that the API received with its last request. */
async function received(): Promise<Record<string, unknown>> {
  const { headers, body } = example.apiRequests.at(-1) ?? { headers: {}, body: "" };
  const type = headers["content-type"] ?? "";
  const form = await new Response(body, { headers: { "content-type": type } }).formData();
  const fields = await Promise.all(
    [...form].map(async ([name, value]) => [
      name,
      typeof value === "string" ? value : [value.name, await value.text()],
    ]),
  );
  return Object.fromEntries(fields) as Record<string, unknown>;
}

const object = {
  title: "ünïcode\r\n--x",
  empty: "",
  "tags[]": ["a", "b"],
  nested: { deep: 1 },
  file: Buffer.from("in memory"),
};

type Send = (session: OAuth2Session) => Promise<{ readonly status: number }>;

const senders: Readonly<Record<string, Send>> = {
  postForm: async (of) => (await of.axios()).postForm("/upload", object),
  putForm: async (of) => (await of.axios()).putForm("/upload", object),
  patchForm: async (of) => (await of.axios()).patchForm("/upload", object),
  "post with a multipart content type": (of) =>
    of.post("/upload", object, { headers: { "content-type": "multipart/form-data" } }),
  "request with a form of axios": (of) =>
    of.request({ url: "/upload", method: "POST", data: axios.toFormData(object) }),
};

describe.each([
  ["http", {}],
  ["fetch", { adapter: "fetch" }],
])("a multipart form in memory is sent again after a 401 (axios's %s adapter)", (_name, http) => {
  it.each(Object.entries(senders))("by %s", async (_sender, send) => {
    expect((await send(session(http))).status).toBe(200);
    expect(example.apiRequests).toHaveLength(2);
    expect(new Set(example.apiRequests.map(({ body }) => body)).size).toBe(1);
    expect(await received()).toMatchObject({
      title: object.title,
      empty: "",
      "nested[deep]": "1",
    });
    expect(example.apiRequests.at(-1)?.body).toContain("in memory");
  });
});

it("a FormData is sent again after a 401", async () => {
  const form = new FormData();
  form.append("title", "a");
  form.append("file", new Blob(["in memory"]), "a.txt");
  expect((await session().post("/upload", form)).status).toBe(200);
  expect(await received()).toEqual({ title: "a", file: ["a.txt", "in memory"] });
});

it("a multipart form in memory is sent again after a 503 to a PUT", async () => {
  const statuses = [503, 200];
  example.api = () => ({ status: statuses.shift() ?? 500 });
  const live = example.client().session(example.grant({ accessToken: "at-good-0001" }));
  expect((await (await live.axios()).putForm("/upload", object)).status).toBe(200);
});

it("a multipart form with custom headers and file names arrives unchanged", async () => {
  const form = axios.toFormData({}) as unknown as {
    append(name: string, value: unknown, options?: object): void;
    getBuffer(): Buffer;
  };
  form.append("file", Buffer.from("bytes"), { filename: "ä.txt", contentType: "text/plain" });
  form.append("text", "x".repeat(100_000));
  const whole = form.getBuffer().toString();
  expect((await session().post("/upload", form)).status).toBe(200);
  expect(example.apiRequests.map(({ body }) => body)).toEqual([whole, whole]);
});

describe("a multipart form with a stream in it", () => {
  const form = (): object => ({ file: Readable.from([Buffer.from("streamed")]) });

  it("is sent once, and the error says that the token was refreshed and what to do", async () => {
    const live = session();
    const error = await rejectionOf((await live.axios()).postForm("/upload", form()));
    expect(isApiError(error) && error.status).toBe(401);
    expect(String(error)).toBe(
      "AxiosError: Request failed with status code 401. The session refreshed the token, but cannot send a stream again: repeat the request with a new stream.",
    );
    expect(live.token.accessToken).toBe("at-rotated-1");
    expect((await (await live.axios()).postForm("/upload", form())).status).toBe(200);
    expect(example.apiRequests.at(-1)?.body).toContain("streamed");
  });

  it("is sent once even when its length is known", async () => {
    const known = axios.toFormData({});
    known.append("file", Readable.from([Buffer.from("eight by")]), { knownLength: 8 });
    expect(await rejectionOf(session().post("/upload", known))).toMatchObject({ status: 401 });
    expect(example.apiRequests.at(-1)?.body).toContain("eight by");
  });
});

it.each([
  ["a 401 without a refresh token", { accessToken: "at-old-0001" }],
  ["a body that is sent again and refused again", refused],
])("the error after %s does not mention streams", async (_case, record) => {
  example.token = () => ({ body: { access_token: "at-bad-0002", token_type: "Bearer" } });
  const live = example.client().session(Token.from(record));
  const error = await rejectionOf(live.post("/upload", "text"));
  expect(String(error)).toBe("AxiosError: Request failed with status code 401");
});
