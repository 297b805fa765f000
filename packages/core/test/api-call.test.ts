import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { inspect } from "node:util";
import { defineProvider, OAuth2Client, type OAuth2Session, OAuthError } from "@grantkit/core";
import { type ApiCall, callApi } from "@grantkit/core/requests";
import { FakeClock } from "./support/fake-clock.ts";
import { thrown } from "./support/thrown.ts";

const API = "https://api.example.com";
const clock = new FakeClock();
let sent: { url: string; init: RequestInit }[];
let answers: Response[];
let session: OAuth2Session;

beforeEach(() => {
  sent = [];
  answers = [];
  const provider = defineProvider({
    name: "example",
    endpoints: { token: `${API}/token` },
    api: { baseUrl: API },
  });
  const client = new OAuth2Client(provider, {
    clientId: "client",
    clientSecret: "canary-client-secret",
    clock,
    retries: false,
    fetch: async (url, init = {}) => {
      sent.push({ url: String(url), init });
      return answers.shift() ?? Response.json({});
    },
  });
  session = client.session({ accessToken: "canary-access-token" }, { refresh: "manual" });
});
afterEach(() => expect(answers).toEqual([]));

const call = (further: Partial<ApiCall> = {}) =>
  callApi(session, { what: "the check of a thing", url: "/thing", ...further });
const headersOf = (index = 0) => new Headers(sent[index]?.init.headers);

describe("callApi()", () => {
  it("sends the session's token and a JSON body, and reads the answer", async () => {
    answers.push(Response.json({ name: "thing" }, { headers: { "x-version": "7" } }));
    const { fields, header, text } = await call({ method: "POST", json: { a: 1 } });
    expect([fields(), header("x-version"), text]).toEqual([
      { name: "thing" },
      "7",
      '{"name":"thing"}',
    ]);
    expect(sent).toMatchObject([
      { url: `${API}/thing`, init: { method: "POST", body: '{"a":1}' } },
    ]);
    expect(headersOf().get("authorization")).toBe("Bearer canary-access-token");
    expect(headersOf().get("content-type")).toBe("application/json");
  });

  it.each([
    ["NETWORK_ERROR", new TypeError("terminated")],
    ["TIMEOUT", new DOMException("", "TimeoutError")],
  ])("throws %s for an answer that breaks off, with the advice", async (code, failure) => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(failure) });
    answers.push(new Response(broken));
    const error = await thrown(call({ advice: { NETWORK_ERROR: "Look at the cable." } }));
    expect(error).toMatchObject({ code, provider: "example", retryable: true });
    expect(error.message).toMatch(/^The answer of example to the check of a thing /);
    expect(error.message.endsWith("Look at the cable.")).toBe(code === "NETWORK_ERROR");
  });

  it("throws ABORTED when the caller aborts before the answer, as the grants do", async () => {
    const signal = AbortSignal.abort(new Error("canary-reason"));
    const error = await thrown(call({ signal }));
    expect(error).toMatchObject({ code: "ABORTED", provider: "example" });
    expect(inspect(error, { depth: 9 })).not.toContain("canary");
  });

  it("throws ABORTED when the caller aborts while the answer arrives", async () => {
    const controller = new AbortController();
    const reason = new DOMException("", "TimeoutError");
    const pull = (body: ReadableStreamDefaultController) => {
      controller.abort(reason);
      body.error(reason);
    };
    answers.push(new Response(new ReadableStream({ pull }, { highWaterMark: 0 })));
    expect(await thrown(call({ signal: controller.signal }))).toMatchObject({ code: "ABORTED" });
  });

  it("sends another credential in the token's place, and shows it in no error", async () => {
    const message = "canary-other canary-access-token canary-client-secret canary-further";
    answers.push(Response.json({ error: "wrong", error_description: message }, { status: 400 }));
    const error = await thrown(
      call({ authorization: "Basic canary-other", secrets: ["canary-further"] }),
    );
    expect(headersOf().get("authorization")).toBe("Basic canary-other");
    expect(error).toMatchObject({ code: "API_REQUEST_FAILED", error: "wrong", status: 400 });
    expect(inspect(error, { depth: 9 })).not.toContain("canary");
  });

  it.each([
    [401, "TOKEN_REJECTED"],
    [403, "ACCESS_DENIED"],
    [404, "API_REQUEST_FAILED"],
    [429, "RATE_LIMITED"],
    [503, "SERVER_ERROR"],
  ])("throws for status %d without a body", async (status, code) => {
    answers.push(new Response("", { status, headers: { "retry-after": "7" } }));
    expect(await thrown(call({ codes: { 403: "ACCESS_DENIED" }, advice: "Ask." }))).toMatchObject({
      code,
      status,
      retryAfter: 7,
      message: expect.stringMatching(/example answered the check of a thing with .*Ask\.$/),
    });
  });

  it("lets the caller build the error, of an answer without secrets", async () => {
    answers.push(Response.json({ why: "canary-access-token" }, { status: 418 }));
    const error = await thrown(
      call({
        refusal: ({ status, body, now }) =>
          new OAuthError("PROVIDER_ERROR", `${status} ${String(body["why"])}`, {
            details: { isNow: now === clock.now() },
          }),
      }),
    );
    expect(error).toMatchObject({
      code: "PROVIDER_ERROR",
      message: "418 [redacted]",
      details: { isNow: true },
    });
  });

  it("does not follow a redirect, and takes nothing but a JSON object for fields", async () => {
    answers.push(new Response("", { status: 302, headers: { location: "https://x.example/" } }));
    expect(await thrown(call())).toMatchObject({ code: "API_REQUEST_FAILED", status: 302 });
    for (const body of ["<html>", "[]", "null", ""]) {
      answers.push(new Response(body));
      const { fields, unusable } = await call();
      expect(fields).toThrow(expect.objectContaining({ code: "API_REQUEST_FAILED" }));
      expect(unusable("token")).toMatchObject({
        code: "TOKEN_RESPONSE_INVALID",
        details: { field: "token" },
      });
    }
    expect(sent).toHaveLength(5);
  });

  it("reads at most 1 MiB", async () => {
    answers.push(new Response("x".repeat(1_048_577)));
    expect(await thrown(call())).toMatchObject({ code: "RESPONSE_TOO_LARGE" });
  });
});
