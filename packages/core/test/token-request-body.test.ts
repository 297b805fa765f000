import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type {
  ClientAuthentication,
  Hooks,
  OAuth2ClientOptions,
  ProviderDefinition,
} from "@grantkit/core";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import type { Answer, ReceivedRequest } from "./support/loopback-server.ts";
import { GOOD, signIn, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
  endpoint.answer(jsonOnly);
});
afterEach(() => endpoint.close());

/** Answers as Trakt and Notion do: only a JSON body counts. */
function jsonOnly({ headers, body }: ReceivedRequest): Answer {
  const isJson = headers["content-type"] === "application/json" && body.startsWith("{");
  return isJson ? { body: GOOD } : { status: 415, body: { error: "invalid_request" } };
}

const json = (index = 0): unknown => JSON.parse(endpoint.server.requests[index]?.body ?? "");

const client = (
  options: Partial<OAuth2ClientOptions> = {},
  definition: Partial<ProviderDefinition> = {},
) =>
  endpoint.client(
    { tokenRequestBody: "json", endpoints: endpoint.everyEndpoint, ...definition },
    options,
  );

describe('tokenRequestBody: "json"', () => {
  it("sends the code and the refresh as JSON, with the client's credentials in it", async () => {
    const of = client();
    const token = await signIn(of);
    expect(json()).toEqual({
      grant_type: "authorization_code",
      code: CANARY.code,
      redirect_uri: "https://app.example.com/callback",
      code_verifier: expect.any(String),
      client_id: "client",
      client_secret: CANARY.clientSecret,
    });
    await of.refreshToken(token);
    expect(json(1)).toEqual({
      grant_type: "refresh_token",
      refresh_token: CANARY.refreshToken,
      client_id: "client",
      client_secret: CANARY.clientSecret,
    });
  });

  it("keeps HTTP Basic in the header", async () => {
    const clientAuthentication: ClientAuthentication = "basic";
    await client({ clientAuthentication }).fetchClientCredentialsToken();
    expect(endpoint.requests[0]?.headers.authorization).toMatch(/^Basic /);
    expect(json()).toEqual({ grant_type: "client_credentials" });
  });

  it("sends revocation, introspection and the device flow as JSON too", async () => {
    endpoint.answer((request) => {
      const answer = jsonOnly(request);
      const device = {
        device_code: "device-code-0001",
        user_code: "A",
        verification_uri: "https://e.example/d",
        expires_in: 600,
      };
      return answer.status ? answer : { body: { ...GOOD, ...device, active: true } };
    });
    const of = client();
    await of.revokeToken("at-given-0001");
    await of.introspectToken("at-given-0001");
    await of.fetchDeviceAuthorization();
    expect([json(0), json(1), json(2)]).toMatchObject([
      { token: "at-given-0001", client_secret: CANARY.clientSecret },
      { token: "at-given-0001" },
      { client_id: "client" },
    ]);
  });

  it("sends a repeated field as an array", async () => {
    const resource = ["https://a.example/", "https://b.example/"];
    await client().fetchClientCredentialsToken({ resource });
    expect(json()).toMatchObject({ resource });
  });

  it("lets hooks see and change the fields, and asks for a form where a hook wants one", async () => {
    const seen: unknown[] = [];
    const hooks: Hooks = {
      tokenRequest: (value) => {
        seen.push(value.body["grant_type"], value.headers["content-type"]);
        return { ...value, body: { ...value.body, tenant: "7" } };
      },
    };
    await client({ hooks }).fetchClientCredentialsToken();
    expect(seen).toEqual(["client_credentials", "application/json"]);
    expect(json()).toMatchObject({ tenant: "7" });

    endpoint.answer({ body: GOOD });
    const form: Hooks = {
      tokenRequest: (value) => ({ ...value, headers: { "content-type": FORM } }),
    };
    await client({ hooks: form }).fetchClientCredentialsToken();
    expect(endpoint.form(1)).toMatchObject({ grant_type: "client_credentials" });
  });

  it("moves the fields to the query where a hook changes the method to GET", async () => {
    endpoint.answer({ body: GOOD });
    const hooks: Hooks = { tokenRequest: (value) => ({ ...value, method: "GET" }) };
    await client({ hooks }).fetchClientCredentialsToken();
    expect(endpoint.requests[0]).toMatchObject({ method: "GET", body: "" });
    expect(endpoint.requests[0]?.url).toContain("grant_type=client_credentials");
    expect(endpoint.requests[0]?.headers["content-type"]).toBeUndefined();
  });

  it("repeats a refresh whose connection was lost, and a grant after a 503", async () => {
    endpoint.answer((request) => (endpoint.requests.length === 1 ? "cut" : jsonOnly(request)));
    await client().refreshToken({ accessToken: "at-given-0001", refreshToken: "rt-given-0001" });
    expect(json(1)).toEqual(json(0));
  });

  it("shows no secret of the request in an error, however the server repeats it", async () => {
    const clientSecret = `${CANARY.clientSecret}"\\/ü`;
    endpoint.answer(({ body }) => ({
      status: 400,
      body: { error: "invalid_request", error_description: `cannot read ${body}` },
    }));
    const error = await rejectionOf(signIn(client({ clientSecret })));
    expect(error).toMatchObject({ code: "INVALID_REQUEST" });
    expectNoCanary(error, clientSecret);
  });

  it("is refused with another value", () => {
    expect(() => client({}, { tokenRequestBody: "xml" as never })).toThrow(
      /tokenRequestBody must be "form" or "json"/,
    );
  });
});

const FORM = "application/x-www-form-urlencoded";

describe("the content type that a hook sets", () => {
  it("counts however its name is written", async () => {
    const of = endpoint.client(
      {},
      {
        hooks: {
          tokenRequest: (value) => ({
            ...value,
            headers: { ...value.headers, "Content-Type": "application/json" },
          }),
        },
      },
    );
    await of.fetchClientCredentialsToken();
    expect(json()).toMatchObject({ grant_type: "client_credentials" });
  });

  const hooked = (type: string): Hooks => ({
    tokenRequest: (value) => ({ ...value, headers: { ...value.headers, "content-type": type } }),
  });

  it.each(["application/json", "application/json; charset=utf-8", "application/vnd.api+json"])(
    "%s sends JSON",
    async (type) => {
      endpoint.answer({ body: GOOD });
      const of = endpoint.client({}, { hooks: hooked(type) });
      await of.fetchClientCredentialsToken();
      expect(endpoint.requests[0]?.headers["content-type"]).toBe(type);
      expect(json()).toMatchObject({ grant_type: "client_credentials" });
    },
  );

  it.each(["text/plain", "multipart/form-data", "application/xml"])(
    "%s is refused before anything is sent",
    async (type) => {
      const of = endpoint.client({}, { hooks: hooked(type) });
      const error = await rejectionOf(of.fetchClientCredentialsToken());
      expect(error).toMatchObject({
        code: "CONFIGURATION_INVALID",
        message: expect.stringContaining("content-type"),
      });
      expect(endpoint.requests).toEqual([]);
    },
  );
});
