import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type {
  AuthorizationRequestHookValue,
  Hooks,
  OAuth2Client,
  TokenRequestHookValue,
} from "@grantkit/core";
import { rejectionOf } from "./support/canaries.ts";
import { callbackFor, signIn, TokenEndpoint } from "./support/token-endpoint.ts";

type Parameters = AuthorizationRequestHookValue["parameters"];

let endpoint: TokenEndpoint;
beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
});
afterEach(() => endpoint.close());

function clientWith(hooks: Hooks, where: "definition" | "client", pkce?: false): OAuth2Client {
  const { origin } = endpoint.server;
  const definition = {
    issuer: "https://id.example.com",
    endpoints: { ...endpoint.everyEndpoint, jwks: `${origin}/jwks` },
    ...(pkce === false && { pkce }),
  };
  return where === "definition"
    ? endpoint.client({ ...definition, hooks })
    : endpoint.client(definition, { hooks });
}

const changing = (change: (parameters: Parameters) => Parameters): Hooks => ({
  authorizationRequest: ({ url, parameters }) => ({ url, parameters: change(parameters) }),
});

const without =
  (name: string) =>
  (parameters: Parameters): Parameters =>
    Object.fromEntries(Object.entries(parameters).filter(([key]) => key !== name));

describe.each(["definition", "client"] as const)(
  "an authorizationRequest hook of the %s",
  (where) => {
    it.each(["state", "nonce", "code_challenge", "code_challenge_method"])(
      "is refused when it changes or drops %s, and nothing is sent",
      async (name) => {
        const dropped = clientWith(changing(without(name)), where);
        const changed = clientWith(
          changing((parameters) => ({ ...parameters, [name]: "mine" })),
          where,
        );
        const doubled = clientWith(
          changing((parameters) => ({
            ...parameters,
            [name]: [parameters[name] as string, "mine"],
          })),
          where,
        );
        for (const client of [dropped, changed, doubled]) {
          const begun = client.authorizationRequest({ scope: ["openid"], pushed: true });
          const error = await rejectionOf(begun);
          expect(error).toMatchObject({
            code: "CONFIGURATION_INVALID",
            problems: [expect.stringMatching(new RegExp(`^it (?:changed|dropped) ${name}:`))],
          });
        }
        expect(endpoint.server.requests).toEqual([]);
      },
    );

    it("may return the same values beside changes of its own", async () => {
      const client = clientWith(
        changing((parameters) => ({ ...parameters, prompt: "login" })),
        where,
      );
      const request = await client.authorizationRequest({ scope: ["openid"] });
      const query = new URL(request.url).searchParams;
      expect(query.get("prompt")).toBe("login");
      expect(query.get("state")).toBe(request.state);
      expect(query.get("nonce")).toBe(request.nonce);
    });

    it("may add no challenge or nonce of its own either", async () => {
      const client = clientWith(
        changing((parameters) => ({ ...parameters, code_challenge: "mine", nonce: "mine" })),
        where,
        false,
      );
      expect(await rejectionOf(client.authorizationRequest())).toMatchObject({
        problems: [
          expect.stringMatching(/^it added nonce:/),
          expect.stringMatching(/^it added code_challenge:/),
        ],
      });
    });
  },
);

const tokenRequest = (change: (body: TokenRequestHookValue["body"]) => object): Hooks => ({
  tokenRequest: (request) => ({ ...request, body: change(request.body) as never }),
});

describe("a tokenRequest hook", () => {
  it.each<[string, (body: TokenRequestHookValue["body"]) => object]>([
    ["drops", ({ code_verifier: _gone, ...body }) => body],
    ["changes", (body) => ({ ...body, code_verifier: "v".repeat(43) })],
  ])("that %s code_verifier is refused before the code is sent", async (_what, change) => {
    const client = endpoint.client({}, { hooks: tokenRequest(change) });
    expect(await rejectionOf(signIn(client))).toMatchObject({
      code: "CONFIGURATION_INVALID",
      problems: [expect.stringContaining("code_verifier")],
    });
    expect(endpoint.requests).toEqual([]);
  });

  it("and a client authentication function that drops code_verifier are refused alike", async () => {
    const client = endpoint.client(
      {},
      { clientAuthentication: ({ form }) => form.delete("code_verifier") },
    );
    expect(await rejectionOf(signIn(client))).toMatchObject({
      message: expect.stringContaining("The clientAuthentication function"),
      problems: [expect.stringContaining("code_verifier")],
    });
    expect(endpoint.requests).toEqual([]);
  });

  it("that adds a code_verifier where the definition has no PKCE is refused", async () => {
    const hooks = tokenRequest((body) => ({ ...body, code_verifier: "v".repeat(43) }));
    const client = endpoint.client({ pkce: false }, { hooks });
    expect(await rejectionOf(signIn(client))).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(endpoint.requests).toEqual([]);
  });

  it("that renames the client's id keeps the verifier", async () => {
    const hooks = tokenRequest(({ client_id: id, ...body }) => ({ ...body, client_key: id }));
    const client = endpoint.client({}, { hooks });
    const request = await client.authorizationRequest();
    await client.fetchToken(callbackFor(request), request);
    expect(endpoint.form()).toMatchObject({
      client_key: "client",
      code_verifier: request.codeVerifier,
    });
  });
});

it("an authorizationRequest hook is refused when it changes the key that tokens are bound to", async () => {
  const hooks = changing((parameters) => ({ ...parameters, dpop_jkt: "mine" }));
  const client = endpoint.client({}, { dpop: true, hooks });
  expect(await rejectionOf(client.authorizationRequest())).toMatchObject({
    problems: [expect.stringMatching(/^it changed dpop_jkt:/)],
  });
});
