import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type AuthorizationRequest, isOAuthError, type OAuth2Client } from "@grantkit/core";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";

let example: ExampleProvider;
let client: OAuth2Client;
let app: Server;
let request: AuthorizationRequest;
/** What the app's parsers do to a request before the callback is read. */
let prepare: (request: IncomingMessage) => unknown;

beforeEach(async () => {
  example = await ExampleProvider.start();
  client = example.client();
  request = await client.authorizationRequest();
  prepare = (incoming) => incoming;
  app = createServer((incoming, response) => {
    void answerOf(incoming).then((text) => response.end(text));
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
  await example.close();
});

/** The access token, or the error. */
async function answerOf(incoming: IncomingMessage): Promise<string> {
  try {
    const callback = (await prepare(incoming)) as IncomingMessage;
    return (await client.fetchToken(callback, request)).accessToken;
  } catch (error) {
    return isOAuthError(error) ? `${error.code} ${error.message}` : String(error);
  }
}

/** Sends a callback to the app, and returns its answer. */
async function sent(init: RequestInit = {}, query = ""): Promise<string> {
  const { port } = app.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/callback${query}`, init);
  return response.text();
}

const parameters = (changes: Record<string, string> = {}): URLSearchParams =>
  new URLSearchParams({ code: "code-canary", state: request.state, ...changes });
const post = (body: RequestInit["body"], headers: Record<string, string> = {}): Promise<string> =>
  sent({ method: "POST", body: body ?? "", headers });

/** Reads a request as a body parser does. */
async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe("a request of Node's", () => {
  it("completes a sign-in with its query", async () => {
    expect(await sent({}, callbackOf(request).slice("/callback".length))).toBe("at-first-0001");
  });

  it("completes a sign-in with its form (form_post)", async () => {
    expect(await post(parameters())).toBe("at-first-0001");
  });

  it("completes a sign-in with a form that a body parser has read", async () => {
    prepare = async (incoming) =>
      Object.assign(incoming, {
        body: Object.fromEntries(new URLSearchParams(await textOf(incoming))),
      });
    expect(await post(parameters())).toBe("at-first-0001");
  });

  it("completes a sign-in where a parser of other bodies has left an empty one", async () => {
    prepare = (incoming) => Object.assign(incoming, { body: {} });
    expect(await post(parameters())).toBe("at-first-0001");
  });

  it("completes a sign-in inside the request of a framework that keeps it as `raw`", async () => {
    prepare = (incoming) => {
      const { method, url, headers } = incoming;
      return { method, url, headers, body: undefined, raw: incoming };
    };
    expect(await post(parameters())).toBe("at-first-0001");
  });

  it("completes a sign-in where the names of the headers have capitals, as in the events of AWS Lambda", async () => {
    prepare = async (incoming) => ({
      method: incoming.method,
      url: incoming.url,
      headers: { "Content-Type": incoming.headers["content-type"] },
      body: await textOf(incoming),
    });
    expect(await post(parameters())).toBe("at-first-0001");
  });

  it.each<[string, () => Promise<string>, RegExp]>([
    ["a wrong state", () => post(parameters({ state: "other" })), /^STATE_MISMATCH/],
    [
      "JSON",
      () => post(JSON.stringify({ code: "x" }), { "content-type": "application/json" }),
      /^CALLBACK_INVALID .*POST of a form/,
    ],
    ["a form of more than 64 KB", () => post(parameters({ code: "x".repeat(200_000) })), /64 KB/],
    [
      "another method",
      () => sent({ method: "PUT", body: parameters() }),
      /^CALLBACK_INVALID .*must be a GET/,
    ],
    ["a form of several parts", () => post(new FormData()), /^CALLBACK_INVALID .*multipart/],
  ])("is refused with %s, and can still be answered", async (_what, send, answer) => {
    expect(await send()).toMatch(answer);
    expect(example.tokenRequests).toEqual([]);
  });

  it("is refused with a message when its body was read and not kept", async () => {
    prepare = async (incoming) => {
      await textOf(incoming);
      return incoming;
    };
    expect(await post(parameters())).toMatch(/^CALLBACK_INVALID .*read before.*request\.body/);
  });

  it("is refused when its query has a code and its posted form has none", async () => {
    const body = new URLSearchParams({ state: request.state });
    expect(await sent({ method: "POST", body }, "?code=forged")).toMatch(/^CODE_MISSING/);
  });
});

describe("fields of a parsed callback that OAuth does not know (RFC 6749 §4.1.2)", () => {
  it.each<[string, Record<string, unknown>]>([
    ["an object, as Apple's `user`", { user: { name: { firstName: "Ada" } } }],
    ["a number", { expires: 7 }],
    ["a truth value", { admin_consent: true }],
    ["a list of objects", { accounts: [{ id: 7 }] }],
  ])("are ignored: %s", async (_what, fields) => {
    const form = Object.fromEntries(new URLSearchParams(callbackOf(request).split("?")[1]));
    const token = await client.fetchToken({ ...form, ...fields }, request);
    expect(token.accessToken).toBeDefined();
  });
});

describe("a value that is not a callback is refused with a message", () => {
  it.each<[string, unknown, RegExp]>([
    ["a number", 42, /must be a string, a URL/],
    ["nothing", undefined, /must be a string, a URL/],
    ["a list", ["code=x"], /must be a string, a URL/],
    ["an object of a class", new Map([["code", "x"]]), /must be a string, a URL/],
    ["an object whose field is an object", { code: { a: "x" } }, /field code is not text/],
    ["an object whose field is a number", { code: "x", state: 7 }, /field state is not text/],
    [
      "a parsed form with an odd field",
      {
        method: "POST",
        url: "/",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: { code: [{}] },
      },
      /field code is not text/,
    ],
    ["an empty object", {}, /has no parameters/],
    ["a repeated code", { code: ["x", "y"] }, /repeats the parameter code/],
    ["a text", "hello", /has no parameters/],
  ])("%s", async (_what, callback, message) => {
    const work = client.fetchToken(callback as never, request);
    await expect(work).rejects.toMatchObject({
      code: "CALLBACK_INVALID",
      message: expect.stringMatching(message),
    });
    expect(example.tokenRequests).toEqual([]);
  });

  it("and an own __proto__ of a parsed form is ignored", async () => {
    const body = JSON.parse(`{"__proto__":"x","code":"code-canary","state":"${request.state}"}`);
    expect((await client.fetchToken(body as never, request)).accessToken).toBe("at-first-0001");
  });
});
