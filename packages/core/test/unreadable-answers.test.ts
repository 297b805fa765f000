import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuthError } from "@grantkit/core";
import { CANARY, rejectionOf } from "./support/canaries.ts";
import type { Answer } from "./support/loopback-server.ts";
import { GOOD, signIn, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
});
afterEach(() => endpoint.close());

/** How a sign-in fails whose code the token endpoint answers so. */
async function refusal(answer: Answer): Promise<OAuthError> {
  endpoint.answer(answer);
  return (await rejectionOf(signIn(endpoint.client()))) as OAuthError;
}

const json = (body: string): Answer => ({ headers: { "content-type": "application/json" }, body });

describe("an answer of the token endpoint that did come", () => {
  it("and broke off is not called unreachable", async () => {
    endpoint.answer((_request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      response.write("{", () => response.destroy());
      return undefined;
    });
    const error = (await rejectionOf(signIn(endpoint.client()))) as OAuthError;
    expect(error).toMatchObject({ code: "NETWORK_ERROR", retryable: false });
    expect(error.message).toMatch(/^The answer from the token endpoint of example broke off/);
    expect(error.message).not.toContain("could not be reached");
  });

  it("and cannot be decompressed is not called unreachable", async () => {
    const answer = { headers: { "content-encoding": "gzip" }, body: "not gzip" };
    const error = await refusal(answer);
    expect(error).toMatchObject({
      code: "NETWORK_ERROR",
      details: { networkCode: "Z_DATA_ERROR" },
    });
    expect(error.message).toMatch(/could not be decompressed/);
    expect(error.message).not.toContain("could not be reached");
  });

  it.each([201, 202, 203, 206])(
    "with status %d is refused for its status, and not for its URL (RFC 6749 §5.1)",
    async (status) => {
      const error = await refusal({ status, body: GOOD });
      expect(error).toMatchObject({ code: "TOKEN_RESPONSE_INVALID", status });
      expect(error.details).toEqual({ field: "status" });
      expect(error.message).toContain("status must be 200");
      expect(error.message).not.toContain("endpoints.token");
    },
  );

  it("with status 201 is accepted where a hook corrects the status", async () => {
    endpoint.answer({ status: 201, body: GOOD });
    const hooks = { tokenResponse: (answer: object) => ({ ...answer, status: 200 }) as never };
    const token = await signIn(endpoint.client({ hooks }));
    expect(token.accessToken).toBe(GOOD["access_token"]);
  });
});

describe("the words of a refusal that is only a text are kept", () => {
  it.each<[string, Answer, string]>([
    ["a JSON string", json(JSON.stringify("the code is too old")), "INVALID_REQUEST"],
    [
      "plain text",
      { headers: { "content-type": "text/plain" }, body: "the code is too old" },
      "INVALID_REQUEST",
    ],
    ["a text without a content type", { body: "the code is too old" }, "INVALID_REQUEST"],
  ])("in %s", async (_name, answer, code) => {
    const error = await refusal({ ...answer, status: 400 });
    expect(error).toMatchObject({ code, status: 400, errorDescription: "the code is too old" });
    expect(error.message).toContain("(the code is too old)");
  });

  it("without the secrets in them, and cut to one line", async () => {
    const body = `bad code ${CANARY.code}\nfor ${CANARY.clientSecret}`;
    const error = await refusal({ status: 401, headers: { "content-type": "text/plain" }, body });
    expect(error).toMatchObject({ code: "INVALID_CLIENT" });
    expect(error.errorDescription).toBe("bad code [redacted] for [redacted]");
  });

  it.each<[string, Answer]>([
    ["a page", { headers: { "content-type": "text/html" }, body: "<h1>no</h1>" }],
    ["a page without a content type", { body: "\n<!doctype html><p>no" }],
    ["a long text", { headers: { "content-type": "text/plain" }, body: "no ".repeat(500) }],
    ["broken JSON", json('{"error": "inv')],
    ["a success", { ...json(JSON.stringify(CANARY.accessToken)), status: 200 }],
  ])("but nothing of %s", async (_name, answer) => {
    const error = await refusal({ status: 400, ...answer });
    expect(error.errorDescription).toBeUndefined();
  });
});

describe("a success without an access token", () => {
  it.each<[string, Record<string, unknown>]>([
    ["errmsg", { errcode: 40029, errmsg: "the code is too old" }],
    ["message", { success: false, message: "the code is too old" }],
    ["a nested description", { code: 10002, data: { description: "the code is too old" } }],
  ])("is refused with the provider's words, here in %s", async (_name, body) => {
    const error = await refusal({ body });
    expect(error).toMatchObject({ code: "TOKEN_RESPONSE_INVALID" });
    expect(error.details).toEqual({ field: "access_token" });
    expect(error.errorDescription).toBe("the code is too old");
    expect(error.message).toContain("the code is too old");
  });

  it("does not show a token under another name", async () => {
    const secret = CANARY.accessToken;
    const error = await refusal({
      body: { message: "success", data: { accessToken: secret, key: secret } },
    });
    expect(JSON.stringify(error)).not.toContain(secret);
    expect(error.errorDescription).toBe("success");
  });
});
