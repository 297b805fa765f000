import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { isOAuthError, type OAuth2Client, type OAuth2Session, OAuthError } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { turns, until } from "./support/turns.ts";

let example: ExampleProvider;
let clock: FakeClock;
let client: OAuth2Client;
const running = closedAfterAll();

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
  const { origin, server } = example;
  client = example.client(
    { clock },
    { endpoints: { token: `${origin}/token`, revocation: `${origin}/revoke` } },
  );
  const { answer } = server;
  server.answer = (request, response) =>
    request.url === "/revoke" ? { status: 200 } : answer(request, response);
  let count = 0;
  example.token = () => {
    count += 1;
    const access_token = `at-${count}`;
    example.accepted.clear();
    example.accepted.add(access_token);
    return { body: { access_token, token_type: "Bearer", expires_in: 3600 } };
  };
});

const forms = () =>
  example.tokenRequests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
const revoked = () =>
  example.server.received("/revoke").map(({ body }) => new URLSearchParams(body).get("token"));

describe("a client credentials session", () => {
  it("gets its first token with its first request, and the next one when that expires", async () => {
    const session = client.clientCredentialsSession({
      scope: ["jobs"],
      resource: "https://jobs.example.com",
      parameters: { audience: "jobs" },
    });
    expect(session.authorized).toBe(true);
    await turns();
    expect(example.server.requests).toHaveLength(0);
    expect((await session.get("/me")).status).toBe(200);
    expect(session.token).toMatchObject({ accessToken: "at-1", requestedScope: ["jobs"] });
    expect((await session.fetch("/me")).status).toBe(200);
    expect(example.tokenRequests).toHaveLength(1);
    for (const expected of ["at-2", "at-3"]) {
      clock.advance(3600_000);
      expect((await session.get("/me")).status).toBe(200);
      expect(session.token.accessToken).toBe(expected);
    }
    expect(forms()).toEqual(
      Array.from({ length: 3 }, () => ({
        grant_type: "client_credentials",
        scope: "jobs",
        resource: "https://jobs.example.com",
        audience: "jobs",
        client_id: "client-id",
        client_secret: "client-secret-canary",
      })),
    );
  });

  it("asks for the scope that it was opened with, whatever becomes of the list", async () => {
    const scope = ["jobs"];
    const session = client.clientCredentialsSession({ scope });
    scope.push("admin");
    await session.get("/me");
    expect(forms()[0]).toHaveProperty("scope", "jobs");
    await client.clientCredentialsSession({ scope }).get("/me");
    expect(forms()[1]).toHaveProperty("scope", "jobs admin");
  });

  it("needs no options", async () => {
    expect((await client.clientCredentialsSession().get("/me")).status).toBe(200);
    expect(forms()[0]).not.toHaveProperty("scope");
  });

  it("requests one token for 1,000 requests, and for all sessions with the same options", async () => {
    const sessions = Array.from({ length: 10 }, () =>
      client.clientCredentialsSession({ scope: ["jobs"] }),
    );
    const all = () =>
      Promise.all(
        Array.from({ length: 1000 }, (_, index) =>
          (sessions[index % 10] as OAuth2Session).fetch("/me"),
        ),
      );
    expect((await all()).every((response) => response.ok)).toBe(true);
    expect(example.tokenRequests).toHaveLength(1);
    const later = client.clientCredentialsSession({ scope: ["jobs"] });
    expect((await later.get("/me")).status).toBe(200);
    expect(later.token).toBe(sessions[0]?.token);
    clock.advance(3600_000);
    expect((await all()).every((response) => response.ok)).toBe(true);
    expect(example.tokenRequests).toHaveLength(2);
  });

  it("has a token of its own for other options", async () => {
    const grant = example.token;
    example.token = (request, response) => {
      const { access_token } = (grant(request, response) as { body: { access_token: string } })
        .body;
      for (let count = 1; count <= 4; count += 1) example.accepted.add(`at-${count}`);
      return { body: { access_token, token_type: "Bearer", expires_in: 3600 } };
    };
    const options = [
      {},
      { scope: ["jobs"] },
      { scope: ["jobs"], resource: "https://jobs.example.com" },
      { scope: ["jobs"], parameters: { audience: "jobs" } },
    ];
    const sessions = options.map((each) => client.clientCredentialsSession(each));
    await Promise.all(sessions.map((session) => session.get("/me")));
    expect(new Set(sessions.map(({ token }) => token.accessToken)).size).toBe(4);
  });

  it("gets another token after a 401, and sends the request again", async () => {
    const session = client.clientCredentialsSession();
    await session.get("/me");
    example.accepted.clear();
    expect((await session.post("/me", { a: 1 })).status).toBe(200);
    expect(session.token.accessToken).toBe("at-2");
  });

  it("rejects a request with the token request's error, and tries again with the next request", async () => {
    const session = example.client({ clock, retries: false }).clientCredentialsSession();
    const { token: granting } = example;
    example.token = () => ({ status: 401, body: { error: "invalid_client" } });
    for (const request of [() => session.get("/me"), () => session.fetch("/me")]) {
      expect(await thrown(request())).toMatchObject({ code: "INVALID_CLIENT", status: 401 });
    }
    example.token = () => ({ status: 503 });
    expect(await thrown(session.get("/me"))).toMatchObject({
      code: "SERVER_ERROR",
      retryable: true,
    });
    expect(example.apiRequests).toHaveLength(0);
    example.token = granting;
    expect((await session.get("/me")).status).toBe(200);
  });

  it("has no token before the first request: .token throws, and refresh() gets one", async () => {
    const session = client.clientCredentialsSession();
    let error: unknown;
    try {
      void session.token;
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(OAuthError);
    expect(isOAuthError(error) && error.code).toBe("TOKEN_NOT_FOUND");
    expect((error as Error).message).toContain("session.refresh()");
    const token = await session.refresh();
    expect(token.accessToken).toBe("at-1");
    expect(session.token).toBe(token);
    expect((await session.refresh()).accessToken).toBe("at-2");
  });

  it("lets one caller give up while the others wait for the first token", async () => {
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const { token: granting } = example;
    example.token = async (request, response) => {
      await held;
      return granting(request, response);
    };
    const session = client.clientCredentialsSession();
    const controller = new AbortController();
    const impatient = thrown(session.fetch("/me", { signal: controller.signal }));
    const patient = session.get("/me");
    await until(() => example.tokenRequests.length === 1);
    controller.abort();
    expect(await impatient).toMatchObject({ name: "AbortError" });
    answer();
    expect((await patient).status).toBe(200);
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("accepts a session's other options, and refuses those about storing a token", async () => {
    const session = client.clientCredentialsSession({ tokenPlacement: "query", leeway: 600 });
    await session.get("/me");
    expect(example.apiRequests[0]?.url).toBe("/api/me?access_token=at-1");
    clock.advance(3001_000);
    await session.get("/me");
    expect(session.token.accessToken).toBe("at-2");
    for (const name of ["onTokenUpdate", "refresh", "renew", "store", "scopes"]) {
      expect(() => client.clientCredentialsSession({ [name]: undefined })).toThrow(
        new RegExp(`clientCredentialsSession\\(\\).*${name} is not an option`, "s"),
      );
    }
    expect(() => client.clientCredentialsSession({ scope: "jobs" as never, leeway: 1 })).toThrow(
      /clientCredentialsSession\(\).*scope/s,
    );
    expect(() => client.clientCredentialsSession({ leeway: -1 })).toThrow(
      /clientCredentialsSession\(\).*leeway must/s,
    );
  });

  it("fails with the first request when the client cannot authenticate", async () => {
    const proofless = example.client({ clientAuthentication: "none" });
    expect(await thrown(proofless.clientCredentialsSession().get("/me"))).toMatchObject({
      code: "CONFIGURATION_INVALID",
    });
    expect(example.server.requests).toHaveLength(0);
  });
});

describe("a JWT bearer session", () => {
  const keys = [0, 1].map(() => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
  const [key, other] = keys as [KeyObject, KeyObject];
  const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
  const assertions = () => forms().map((form) => decodeJwt(form["assertion"] ?? ""));

  it("signs an assertion for each token, and needs no refresh token", async () => {
    const session = client.jwtBearerSession({
      claims: { sub: "user@acme.example" },
      key,
      scope: ["files"],
      parameters: { tenant: "acme" },
    });
    expect((await session.get("/me")).status).toBe(200);
    clock.advance(3600_000);
    expect((await session.fetch("/me")).status).toBe(200);
    example.accepted.clear();
    expect((await session.get("/me")).status).toBe(200);
    expect(session.token.accessToken).toBe("at-3");
    expect(forms()).toEqual(
      Array.from({ length: 3 }, () =>
        expect.objectContaining({ scope: "files", tenant: "acme", assertion: expect.any(String) }),
      ),
    );
    const [first, second, third] = assertions();
    expect(first).toMatchObject({ iss: "client-id", sub: "user@acme.example" });
    expect(second?.iat).toBe((first?.iat ?? 0) + 3600);
    expect(new Set([first, second, third].map((claims) => claims?.jti)).size).toBe(3);
  });

  it("shares its token with those that sign the same claims with the same key, and with no other", async () => {
    const claims = { sub: "ada" };
    const same = [
      { claims, key },
      { claims: { ...claims }, key },
    ];
    const different = [
      { claims, key: other },
      { claims, key: pem },
      { claims, key: key.export({ format: "jwk" }) },
      { claims: { sub: "bob" }, key },
      { claims, key, scope: ["files"] },
    ];
    const sessions = [...same, ...different].map((each) => client.jwtBearerSession(each));
    await Promise.all(sessions.map((session) => session.refresh()));
    expect(example.tokenRequests).toHaveLength(1 + different.length);
    expect(sessions[0]?.token).toBe(sessions[1]?.token);
    expect(client.jwtBearerSession({ claims, key: pem }).token).toBe(sessions[3]?.token);
  });

  it("rejects a request when its assertion was refused or cannot be signed", async () => {
    example.token = () => ({ status: 400, body: { error: "invalid_grant" } });
    const session = client.jwtBearerSession({ claims: {}, key });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      expect(await thrown(session.get("/me"))).toMatchObject({ code: "INVALID_GRANT" });
      expect(example.tokenRequests).toHaveLength(attempt);
    }
    const keyless = client.jwtBearerSession({ claims: {}, key: "no key" });
    expect(await thrown(keyless.get("/me"))).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(() => client.jwtBearerSession({ claims: {}, key, audience: "x" } as never)).toThrow(
      /jwtBearerSession\(\).*audience is not an option/s,
    );
    expect(example.apiRequests).toHaveLength(0);
  });
});

describe("revoke() of a client credentials session", () => {
  it("ends all sessions with the token for good; a later session gets a new token", async () => {
    const [one, two] = [client.clientCredentialsSession(), client.clientCredentialsSession()];
    await one.get("/me");
    await one.revoke();
    expect(revoked()).toEqual(["at-1"]);
    clock.advance(1);
    const later = client.clientCredentialsSession();
    expect((await later.get("/me")).status).toBe(200);
    clock.advance(3600_000);
    expect((await later.get("/me")).status).toBe(200);
    expect(later.token.accessToken).toBe("at-3");
    for (const session of [one, two]) {
      expect(session.authorized).toBe(false);
      expect(await thrown(session.get("/me"))).toMatchObject({ code: "SESSION_ENDED" });
    }
    expect(example.tokenRequests).toHaveLength(3);
  });

  it("before the first request sends nothing, and no token is fetched later", async () => {
    const session = client.clientCredentialsSession();
    await session.revoke();
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "SESSION_ENDED" });
    expect(example.server.requests).toHaveLength(0);
  });

  it("while the first token is under way revokes that token", async () => {
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const { token: granting } = example;
    example.token = async (request, response) => {
      await held;
      return granting(request, response);
    };
    const session = client.clientCredentialsSession();
    const request = thrown(session.get("/me"));
    await until(() => example.tokenRequests.length === 1);
    const gone = session.revoke();
    answer();
    await gone;
    expect(await request).toMatchObject({ code: "SESSION_ENDED" });
    expect(revoked()).toEqual(["at-1"]);
    expect(example.apiRequests).toHaveLength(0);
  });
});
