import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  ConfigurationError,
  defineProvider,
  OAuth2Client,
  type OAuth2ClientOptions,
  type Provider,
} from "@grantkit/core";
import { CANARY } from "./support/canaries.ts";
import { callbackOf, ExampleProvider } from "./support/example-provider.ts";
import { polluted } from "./support/prototype-traps.ts";
import { thrown } from "./support/thrown.ts";

let server: ExampleProvider;
let acme: Provider<"read" | "write">;

beforeAll(async () => {
  server = await ExampleProvider.start();
  acme = defineProvider<"read" | "write">({
    name: "acme",
    endpoints: {
      authorization: `${server.origin}/authorize`,
      token: `${server.origin}/token`,
      endSession: `${server.origin}/logout`,
    },
    api: { baseUrl: `${server.origin}/api` },
  });
});
afterAll(() => server.close());

/** What `process.env` has: nothing while the app is built. */
interface Environment {
  ID?: string;
  SECRET?: string;
  CALLBACK?: string;
}

const DEPLOYED = {
  ID: "client-from-env",
  SECRET: CANARY.clientSecret,
  CALLBACK: "https://app.example.com/callback",
};

const optionsOf = (env: Environment): OAuth2ClientOptions => ({
  clientId: env.ID as string,
  clientSecret: env.SECRET as string,
  redirectUri: env.CALLBACK as string,
});

describe("a client whose options are a function", () => {
  it("is made while its environment variables are missing, and signs users in once they are there", async () => {
    const env: Environment = {};
    const client = new OAuth2Client(acme, () => optionsOf(env));
    Object.assign(env, DEPLOYED);
    const request = await client.authorizationRequest({ scope: ["read"] });
    const token = await client.fetchToken(callbackOf(request), request);
    expect(token.accessToken).toBe("at-first-0001");
    expect(new URL(request.url).searchParams.get("client_id")).toBe("client-from-env");
    const form = new URLSearchParams(server.tokenRequests.at(-1)?.body);
    expect(form.get("client_id")).toBe("client-from-env");
    expect(form.get("client_secret")).toBe(CANARY.clientSecret);
  });

  it("calls it once, at the first use, and not when the client is printed or serialized", async () => {
    let calls = 0;
    const client = new OAuth2Client(acme, () => {
      calls += 1;
      return optionsOf(DEPLOYED);
    });
    expect(inspect(client, { depth: 10, showHidden: true })).not.toMatch(/canary/);
    expect(JSON.stringify(client)).not.toMatch(/canary/);
    expect(calls).toBe(0);
    await client.authorizationRequest();
    expect(client.provider).toBe(acme);
    client.session({ accessToken: "at" });
    expect(calls).toBe(1);
    expect(inspect(client, { depth: 10, showHidden: true })).not.toMatch(/canary/);
  });

  it("resolves the provider, too, at the first use", async () => {
    let defined = 0;
    const provider = () => {
      defined += 1;
      return acme;
    };
    const client = new OAuth2Client(provider, () => optionsOf(DEPLOYED));
    expect(defined).toBe(0);
    expect(client.provider.name).toBe("acme");
    await client.authorizationRequest();
    expect(defined).toBe(1);
  });

  it("takes only own fields of what it returns", async () => {
    await polluted({ clientSecret: "evil", timeout: -1 }, async () => {
      const client = new OAuth2Client(acme, () => ({
        clientId: "public",
        redirectUri: DEPLOYED.CALLBACK,
      }));
      const request = await client.authorizationRequest();
      await client.fetchToken(callbackOf(request), request);
    });
    expect(server.tokenRequests.at(-1)?.body).not.toContain("evil");
  });
});

const token = { accessToken: "at" };
const request = { url: "", state: "s", codeVerifier: "v", redirectUri: "", scope: [], issuedAt: 0 };

/** Every use of a client. */
const USES: [string, (client: OAuth2Client) => unknown][] = [
  ["provider", (client) => client.provider],
  ["authorizationRequest", (client) => client.authorizationRequest()],
  ["fetchToken", (client) => client.fetchToken("?code=c&state=s", request as never)],
  ["fetchTokenByCode", (client) => client.fetchTokenByCode("code", { redirectUri: "postmessage" })],
  ["tokenFromFragment", (client) => client.tokenFromFragment("#state=s", request as never)],
  ["fetchClientCredentialsToken", (client) => client.fetchClientCredentialsToken()],
  [
    "fetchPasswordToken",
    (client) => client.fetchPasswordToken({ username: "ada", password: "canary-password" }),
  ],
  ["fetchDeviceAuthorization", (client) => client.fetchDeviceAuthorization()],
  [
    "fetchDeviceToken",
    (client) =>
      client.fetchDeviceToken({ deviceCode: "dc", interval: 5, expiresAt: 9e15 } as never),
  ],
  [
    "fetchJwtBearerToken",
    (client) => client.fetchJwtBearerToken({ assertion: "canary-assertion" }),
  ],
  ["exchangeToken", (client) => client.exchangeToken({ subjectToken: "at" })],
  ["refreshToken", (client) => client.refreshToken({ ...token, refreshToken: "rt" })],
  ["revokeToken", (client) => client.revokeToken("at")],
  ["introspectToken", (client) => client.introspectToken("at")],
  ["logoutUrl", (client) => client.logoutUrl()],
  ["userInfo", (client) => client.userInfo(token)],
  ["profile", (client) => client.profile(token)],
  ["verifyIdToken", (client) => client.verifyIdToken("jwt")],
  ["verifyLogoutToken", (client) => client.verifyLogoutToken("jwt")],
  ["verifySecurityEvent", (client) => client.verifySecurityEvent("jwt")],
  ["session", (client) => client.session(token)],
  ["clientCredentialsSession", (client) => client.clientCredentialsSession()],
  ["jwtBearerSession", (client) => client.jwtBearerSession({ claims: {}, key: "key" })],
  ["storedSession", (client) => client.storedSession({ store: {} as never, key: "k" })],
];
const SYNCHRONOUS = /^(?:provider|logoutUrl|session|clientCredentialsSession|jwtBearerSession)$/;

describe("a client whose options cannot be used", () => {
  it("is used by each of its methods", () => {
    const methods = Object.getOwnPropertyNames(OAuth2Client.prototype);
    expect(["provider", ...methods.filter((name) => name !== "constructor")].toSorted()).toEqual(
      USES.map(([name]) => name).toSorted(),
    );
  });

  it.each(USES)("reports every problem at its first use: %s", async (name, use) => {
    const client = new OAuth2Client(acme, () => optionsOf({})) as OAuth2Client;
    // What returns a promise rejects: it does not throw before the caller has the promise.
    const result = SYNCHRONOUS.test(name)
      ? new Promise((resolve) => resolve(use(client)))
      : (use(client) as Promise<unknown>);
    const error = await thrown(result);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).problems).toEqual([
      "clientId is missing: pass the client ID that the provider shows for your app (is the environment variable set?)",
      "clientSecret is undefined: pass the secret that the provider shows for your app (is the environment variable set?), or leave the option out for a public client",
      "redirectUri is missing: pass the callback URL that is registered with the provider (is the environment variable set?)",
    ]);
  });

  it("reads them again at the next use", async () => {
    const env: Environment = {};
    const client = new OAuth2Client(acme, () => optionsOf(env));
    await expect(client.authorizationRequest()).rejects.toThrow("clientId is missing");
    Object.assign(env, DEPLOYED);
    expect((await client.authorizationRequest()).url).toContain("client_id=client-from-env");
  });

  it("throws what the function throws, as it is, and calls it again at the next use", async () => {
    const failure = new Error("the secrets are not mounted yet");
    let mounted = false;
    const client = new OAuth2Client(acme, () => {
      if (!mounted) throw failure;
      return optionsOf(DEPLOYED);
    });
    await expect(client.authorizationRequest()).rejects.toBe(failure);
    mounted = true;
    await expect(client.authorizationRequest()).resolves.toMatchObject({ scope: [] });
  });

  const itself = "or the one that defines the provider, uses the client";

  it("says that the function uses the client itself, and does not recurse", async () => {
    let client: OAuth2Client | undefined;
    let calls = 0;
    const options = () => {
      calls += 1;
      client?.logoutUrl();
      return optionsOf(DEPLOYED);
    };
    client = new OAuth2Client(acme, options);
    await expect(client.authorizationRequest()).rejects.toThrow(itself);
    expect(calls).toBe(1);
    const own: OAuth2Client = new OAuth2Client(
      () => own.provider,
      () => optionsOf(DEPLOYED),
    );
    expect(() => own.provider).toThrow(itself);
  });

  it("rejects a method that the function calls, and serves the others", async () => {
    let inner: Promise<unknown> | undefined;
    const client: OAuth2Client = new OAuth2Client(acme, () => {
      inner = thrown(client.authorizationRequest());
      return optionsOf(DEPLOYED);
    });
    await expect(client.authorizationRequest()).resolves.toMatchObject({ scope: [] });
    expect(await inner).toMatchObject({ message: expect.stringContaining(itself) });
  });

  it("refuses missing options with a sentence", () => {
    for (const options of [undefined, null]) {
      expect(() => new OAuth2Client(acme, options as never)).toThrow("options must be an object");
    }
  });

  it("lists the problems of the definition and of the options in one error", async () => {
    const client = new OAuth2Client(
      () => defineProvider({ name: "acme", endpoints: { token: "/token" } }),
      () => optionsOf({ ...DEPLOYED, SECRET: "" }),
    );
    const { problems } = (await thrown(client.authorizationRequest())) as ConfigurationError;
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "endpoints.token",
      "clientSecret",
    ]);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      "an async function",
      () => Promise.resolve(optionsOf(DEPLOYED)),
      /must not be async: .* clientSecret as an async function/,
    ],
    [
      "an async function that fails",
      () => Promise.reject(new Error("canary-of-the-secrets-manager")),
      /must not be async/,
    ],
    ["a function without a result", () => undefined, /returned undefined: .*\(\) => \(\{ … \}\)/],
    ["a function that returns null", () => null, /returned null/],
    ["a function that returns a function", () => () => optionsOf(DEPLOYED), /must be an object/],
  ])("refuses %s", async (_name, read, sentence) => {
    const client = new OAuth2Client(acme, read as () => OAuth2ClientOptions);
    const { problems } = (await thrown(client.authorizationRequest())) as ConfigurationError;
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
  });
});

it("an object is checked when the client is made", () => {
  expect(() => new OAuth2Client(acme, optionsOf({}))).toThrow("clientId is missing");
});

// tsc is what tests this: an unused @ts-expect-error is an error of its own.
it("the types of the scopes are the provider's", async () => {
  const client: OAuth2Client<"read" | "write"> = new OAuth2Client(acme, () => optionsOf(DEPLOYED));
  await client.authorizationRequest({ scope: ["read"] });
  // @ts-expect-error -- the provider has no such scope
  const closed: OAuth2Client<"delete"> = new OAuth2Client(acme, () => optionsOf(DEPLOYED));
  // @ts-expect-error -- options without a client ID
  const without = new OAuth2Client(acme, () => ({ redirectUri: DEPLOYED.CALLBACK }));
  await expect(without.authorizationRequest()).rejects.toThrow("clientId is missing");
  expect(closed.provider).toBe(acme);
});
