import { describe, expect, it } from "@jest/globals";
import { ConfigurationError, defineProvider, type EndpointOverrides } from "@grantkit/core";

const DEFINITION = {
  name: "acme",
  issuer: "https://id.acme.example",
  endpoints: {
    authorization: "https://id.acme.example/authorize",
    token: "https://id.acme.example/token",
    userInfo: "/me",
    jwks: "https://id.acme.example/keys",
    revocation: "https://id.acme.example/revoke",
  },
  api: { baseUrl: "https://api.acme.example" },
};
const LOCAL = "http://127.0.0.1:8080";
const EMULATOR = {
  issuer: LOCAL,
  authorization: `${LOCAL}/authorize`,
  token: `${LOCAL}/token`,
  jwks: `${LOCAL}/keys`,
  revocation: `${LOCAL}/revoke`,
  api: `${LOCAL}/api`,
};

function problemsOf(overrides: EndpointOverrides, changes: object = {}): readonly string[] {
  try {
    defineProvider({ ...DEFINITION, ...changes }, overrides);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(EMULATOR).filter(([name]) => !names.includes(name)));

describe("endpoints of this machine", () => {
  it("replace a provider as a whole", () => {
    expect(defineProvider(DEFINITION, EMULATOR).endpoints.token).toBe(`${LOCAL}/token`);
  });

  it.each(["authorization", "token", "jwks", "revocation", "api"])(
    "are refused without %s, which would stay the real provider's",
    (name) => {
      expect(problemsOf(without(name))).toEqual([
        `endpoints.${name} is missing and would stay the real provider's, while other endpoints are on this machine: pass all endpoints of an emulator, or also the URLs that you want to keep`,
      ]);
    },
  );

  it("are refused in one sentence that names all that are missing", () => {
    expect(problemsOf({ token: `${LOCAL}/token` })[0]).toMatch(
      /^endpoints\.authorization, endpoints\.jwks, endpoints\.revocation and endpoints\.api are missing and would stay /,
    );
    for (const local of ["http://localhost:1/t", "https://localhost/t", "http://[::1]:1/t"]) {
      expect(problemsOf({ token: local })).toHaveLength(1);
    }
    expect(problemsOf({ issuer: LOCAL })).toHaveLength(1);
    expect(problemsOf({ api: `${LOCAL}/api` })).toHaveLength(1);
  });

  it("are refused without a user info endpoint that is no path of the API", () => {
    const userInfo = "https://users.acme.example/me";
    const changes = { endpoints: { ...DEFINITION.endpoints, userInfo } };
    expect(problemsOf(EMULATOR, changes)[0]).toMatch(/^endpoints\.userInfo is missing/);
    expect(problemsOf({ ...EMULATOR, userInfo: "/me" }, changes)).toEqual([]);
  });

  it("need not have what the definition does not have, and may have more", () => {
    const { authorization, token } = DEFINITION.endpoints;
    const changes = { endpoints: { authorization, token }, api: undefined };
    const { authorization: page, token: endpoint } = EMULATOR;
    expect(problemsOf({ authorization: page, token: endpoint }, changes)).toEqual([]);
    expect(problemsOf(EMULATOR, changes)).toEqual([]);
  });

  it("may be a part where the definition's own endpoints are on this machine, too", () => {
    const local = { name: "acme", endpoints: EMULATOR_ENDPOINTS, api: { baseUrl: LOCAL } };
    expect(() => defineProvider(local, { token: "http://localhost:9090/token" })).not.toThrow();
  });

  it("may stand beside the real provider's where the URL says so", () => {
    const { authorization } = DEFINITION.endpoints;
    expect(problemsOf({ ...EMULATOR, authorization })).toEqual([]);
  });

  it("may stand beside others in a definition", () => {
    const endpoints = { ...DEFINITION.endpoints, token: "http://localhost:8080/token" };
    expect(problemsOf({}, { endpoints })).toEqual([]);
  });
});

const EMULATOR_ENDPOINTS = {
  authorization: EMULATOR.authorization,
  token: EMULATOR.token,
  jwks: EMULATOR.jwks,
};

it("a company's own server may replace some endpoints", () => {
  const { endpoints, api } = defineProvider(DEFINITION, {
    token: "https://sso.corp.example/token",
  });
  expect(endpoints).toEqual({ ...DEFINITION.endpoints, token: "https://sso.corp.example/token" });
  expect(api).toEqual(DEFINITION.api);
});

it("no endpoints replace nothing", () => {
  expect(defineProvider(DEFINITION, {}).endpoints).toEqual(DEFINITION.endpoints);
});

it.each(["token", "authorization", "issuer", "api", "introspection"])(
  "an undefined %s is refused: it does not mean the real provider's",
  (name) => {
    const overrides = { ...EMULATOR, [name]: undefined } as EndpointOverrides;
    expect(problemsOf(overrides)).toEqual([
      `endpoints.${name} is undefined: leave it out to keep the provider's own (is the environment variable set?)`,
    ]);
  },
);

it("lists undefined endpoints together with the other problems of the definition", () => {
  const overrides = { token: undefined } as unknown as EndpointOverrides;
  const problems = problemsOf(overrides, { scopeDelimiter: "" });
  expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
    "endpoints.token",
    "scopeDelimiter",
  ]);
});
