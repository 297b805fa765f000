import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type ClientSecretSource, clientSecretJwt, type OAuth2Client } from "@grantkit/core";
import { createHmac } from "node:crypto";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { TokenEndpoint, until } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;
/** How many times the source was asked. */
let asked: number;

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
  asked = 0;
});
afterEach(() => endpoint.close());

/** A source of secrets that are numbered, each valid for some seconds. */
function numbered(seconds?: number): ClientSecretSource {
  return async () => {
    asked += 1;
    await Promise.resolve();
    const secret = `${CANARY.clientSecret}-${asked}`;
    return seconds === undefined
      ? secret
      : { secret, expiresAt: endpoint.clock.now() + seconds * 1000 };
  };
}

const refresh = (client: OAuth2Client) =>
  client.refreshToken({ accessToken: "at-given-0001", refreshToken: CANARY.refreshToken });

const grant = (client: OAuth2Client) => client.fetchClientCredentialsToken();

const secretsSent = (): (string | undefined)[] =>
  endpoint.requests.map((_request, index) => endpoint.form(index)["client_secret"]);

describe("a clientSecret function", () => {
  it("is asked at the first token request, and again a minute before the secret expires", async () => {
    const client = endpoint.client({}, { clientSecret: numbered(600) });
    expect(asked).toBe(0);
    await grant(client);
    endpoint.clock.advance(539_000);
    await grant(client);
    endpoint.clock.advance(2_000);
    await grant(client);
    expect(secretsSent()).toEqual([1, 1, 2].map((number) => `${CANARY.clientSecret}-${number}`));
  });

  it("is asked once by requests at the same time, and once ever for a secret without an expiry", async () => {
    const client = endpoint.client({}, { clientSecret: numbered() });
    await Promise.all([grant(client), refresh(client), grant(client)]);
    endpoint.clock.advance(365 * 24 * 3600_000);
    await grant(client);
    expect(asked).toBe(1);
  });

  it("may return its value at once", async () => {
    await grant(endpoint.client({}, { clientSecret: () => "plain-secret" }));
    expect(secretsSent()).toEqual(["plain-secret"]);
  });

  it("gives the secret to basic, client_secret_jwt and functions as well", async () => {
    await grant(endpoint.client({}, { clientSecret: numbered(), clientAuthentication: "basic" }));
    const basic = endpoint.requests[0]?.headers.authorization?.slice("Basic ".length) ?? "";
    expect(Buffer.from(basic, "base64").toString()).toBe(`client:${CANARY.clientSecret}-1`);

    const clientAuthentication = clientSecretJwt();
    await grant(endpoint.client({}, { clientSecret: numbered(), clientAuthentication }));
    const [header, claims, signature] = endpoint.form(1)["client_assertion"]?.split(".") ?? [];
    const signed = createHmac("sha256", `${CANARY.clientSecret}-2`).update(`${header}.${claims}`);
    expect(signature).toBe(signed.digest("base64url"));

    const seen: (string | undefined)[] = [];
    const own = endpoint.client(
      {},
      {
        clientSecret: numbered(),
        clientAuthentication: ({ clientSecret }) => void seen.push(clientSecret),
      },
    );
    await grant(own);
    expect(seen).toEqual([`${CANARY.clientSecret}-3`]);
  });

  it("is not asked by a client that authenticates without a secret", async () => {
    const client = endpoint.client({}, { clientSecret: numbered(), clientAuthentication: "none" });
    await refresh(client);
    expect(asked).toBe(0);
  });

  it("is asked again after the provider has refused the secret", async () => {
    endpoint.answer({ status: 401, body: { error: "invalid_client" } });
    const client = endpoint.client({}, { clientSecret: numbered() });
    expect(await rejectionOf(grant(client))).toMatchObject({ code: "INVALID_CLIENT" });
    endpoint.answer({ body: { access_token: "at-second-0001", token_type: "Bearer" } });
    await grant(client);
    expect(secretsSent()).toEqual([`${CANARY.clientSecret}-1`, `${CANARY.clientSecret}-2`]);
  });

  it("gives each retry the secret that is valid then", async () => {
    endpoint.answer(() =>
      endpoint.requests.length === 1
        ? { status: 503, headers: { "retry-after": "5" } }
        : { body: { access_token: "at-third-0001", token_type: "Bearer" } },
    );
    const client = endpoint.client({}, { clientSecret: numbered(62), timeout: 60_000 });
    const granted = grant(client);
    await until(
      () => endpoint.requests.length === 1 && (endpoint.clock.untilNext ?? 60_000) < 60_000,
    );
    endpoint.clock.advance(endpoint.clock.untilNext ?? 0);
    await granted;
    expect(secretsSent()).toEqual([`${CANARY.clientSecret}-1`, `${CANARY.clientSecret}-2`]);
  });
});

describe("the secret of a function is in no error", () => {
  it("when the provider repeats the one that was sent, or the one before", async () => {
    const client = endpoint.client({}, { clientSecret: numbered(30) });
    for (const number of [1, 2]) {
      endpoint.answer(() => ({
        status: 400,
        body: {
          error: "invalid_request",
          error_description: `got ${CANARY.clientSecret}-${number}, earlier ${CANARY.clientSecret}-1`,
        },
      }));
      const error = await rejectionOf(grant(client));
      expect(error).toMatchObject({ code: "INVALID_REQUEST" });
      expectNoCanary(error, `${CANARY.clientSecret}-1`, `${CANARY.clientSecret}-2`);
    }
  });

  it("when the function throws: the error is retryable, not remembered, and nothing was sent", async () => {
    let broken = true;
    const client = endpoint.client(
      {},
      {
        clientSecret: () => {
          if (broken) throw Object.assign(new RangeError("closed"), { code: "EVAULT" });
          return "secret-at-last";
        },
      },
    );
    const error = await rejectionOf(refresh(client));
    expect(error).toMatchObject({
      code: "CLIENT_SECRET_UNAVAILABLE",
      provider: "example",
      retryable: true,
      message: expect.stringContaining("threw RangeError (EVAULT)"),
    });
    expect(endpoint.requests).toEqual([]);
    broken = false;
    await refresh(client);
    expect(secretsSent()).toEqual(["secret-at-last"]);
  });

  const failures: [string, () => unknown][] = [
    ["an error about the secret", () => new Error(`bad: ${CANARY.clientSecret}`)],
    ["the secret itself", () => CANARY.clientSecret],
    ["undefined", () => undefined],
    [
      "an error whose name and code are the secret",
      () => Object.assign(new Error("x"), { name: CANARY.clientSecret, code: CANARY.clientSecret }),
    ],
  ];
  it.each(failures)("when the function throws %s", async (_name, failure) => {
    const clientSecret = () => Promise.reject<string>(failure());
    const error = await rejectionOf(grant(endpoint.client({}, { clientSecret })));
    expect(error).toMatchObject({ code: "CLIENT_SECRET_UNAVAILABLE" });
    expect(endpoint.requests).toEqual([]);
  });

  it("when JSON.parse quotes the beginning of it", async () => {
    const clientSecret = () => JSON.parse(CANARY.clientSecret) as string;
    const error = (await rejectionOf(grant(endpoint.client({}, { clientSecret })))) as Error;
    expect(error.message).toContain("threw SyntaxError");
    expect(error.message).not.toContain(CANARY.clientSecret.slice(0, 6));
  });

  it("when the value that the function returns throws", async () => {
    const value = {
      get secret(): string {
        throw new Error(CANARY.clientSecret);
      },
    };
    const error = await rejectionOf(grant(endpoint.client({}, { clientSecret: () => value })));
    expect(error).toMatchObject({ code: "CLIENT_SECRET_UNAVAILABLE" });
  });

  it("when the function's error repeats an earlier secret", async () => {
    let count = 0;
    const secret = `${CANARY.clientSecret}-1`;
    const client = endpoint.client(
      {},
      {
        clientSecret: () => {
          count += 1;
          if (count > 1) throw new Error(`${secret} cannot be renewed`);
          return { secret, expiresAt: endpoint.clock.now() + 1000 };
        },
      },
    );
    await grant(client);
    const error = await rejectionOf(grant(client));
    expect(error).toMatchObject({ code: "CLIENT_SECRET_UNAVAILABLE" });
    expectNoCanary(error, secret);
  });

  it("when it does not answer within the timeout", async () => {
    const client = endpoint.client(
      {},
      { clientSecret: () => new Promise<string>(() => undefined), timeout: 5000 },
    );
    const failed = rejectionOf(grant(client));
    await new Promise((resolve) => setImmediate(resolve));
    endpoint.clock.advance(5000);
    expect(await failed).toMatchObject({ code: "CLIENT_SECRET_UNAVAILABLE", retryable: true });
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["an empty text", ""],
    ["a text with a line break", `${CANARY.clientSecret}\n`],
    ["a number", 7],
    ["no secret", {}],
    ["an unknown field", { secret: CANARY.clientSecret, expires: 1 }],
    ["a date as expiresAt", { secret: CANARY.clientSecret, expiresAt: new Date(0) }],
    ["an expired secret", { secret: CANARY.clientSecret, expiresAt: 1 }],
  ])("when it returns %s", async (_name, value) => {
    const client = endpoint.client({}, { clientSecret: () => value as string });
    const error = await rejectionOf(grant(client));
    expect(error).toMatchObject({
      code: "CONFIGURATION_INVALID",
      message: expect.stringContaining("clientSecret"),
    });
    expectNoCanary(error);
    expect(endpoint.requests).toEqual([]);
  });
});
