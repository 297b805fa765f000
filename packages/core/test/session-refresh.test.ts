import { beforeEach, describe, expect, it } from "@jest/globals";
import { Readable } from "node:stream";
import {
  type OAuth2Session,
  type OAuthError,
  Token,
  TokenExpiredError,
  TokenUpdated,
} from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { closedAfterAll } from "./support/running.ts";

let example: ExampleProvider;
let clock: FakeClock;
const running = closedAfterAll();

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
});

const expiring = (seconds: number, changes: object = {}): Token =>
  example.expiring(clock, seconds, { scope: ["read"], requestedScope: ["read"], ...changes });

describe("the three refresh styles on an expired token", () => {
  it("auto refreshes, saves, and then sends the request with the new token", async () => {
    example.rotate("rt-old");
    const order: string[] = [];
    example.api = () => {
      order.push("request");
      return { body: {} };
    };
    const old = expiring(-1);
    const session = example.client({ clock }).session(old, {
      onTokenUpdate: async (next, previous) => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`saved ${next.accessToken} for ${previous.accessToken}`);
      },
    });
    await session.get("/me");
    expect(order).toEqual(["saved at-rotated-1 for at-old", "request"]);
    expect(session.token.accessToken).toBe("at-rotated-1");
    expect(old.accessToken).toBe("at-old");
  });

  it("notify refreshes, does not send the request, and throws the new token", async () => {
    example.rotate("rt-old");
    const session = example.client({ clock }).session(expiring(-1), { refresh: "notify" });
    const error = await session.get("/me").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TokenUpdated);
    expect((error as TokenUpdated).token.accessToken).toBe("at-rotated-1");
    expect(example.apiRequests).toHaveLength(0);
    await session.get("/me");
    expect(example.apiRequests).toHaveLength(1);
  });

  it("manual throws before anything is sent, and sends after refresh()", async () => {
    example.rotate("rt-old");
    const session = example.client({ clock }).session(expiring(-1), { refresh: "manual" });
    await expect(session.fetch("/me")).rejects.toBeInstanceOf(TokenExpiredError);
    expect(example.server.requests).toHaveLength(0);
    expect((await session.refresh()).accessToken).toBe("at-rotated-1");
    expect((await session.fetch("/me")).status).toBe(200);
  });

  it("without a refresh token auto fails with TOKEN_EXPIRED, and sends nothing", async () => {
    const session = example.client({ clock }).session(expiring(-1, { refreshToken: undefined }));
    await expect(session.get("/me")).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
    await expect(session.refresh()).rejects.toMatchObject({ code: "REFRESH_TOKEN_MISSING" });
    expect(session.authorized).toBe(false);
    expect(example.server.requests).toHaveLength(0);
  });

  it("says how to get a refresh token, as the provider's definition advises", async () => {
    const refreshTokenAdvice = "Ask for one with the scope offline.";
    const client = example.client({ clock }, { refreshTokenAdvice });
    const without = expiring(-1, { refreshToken: undefined });
    for (const refresh of ["auto", "manual"] as const) {
      const session = client.session(without, { refresh });
      await expect(session.get("/me")).rejects.toMatchObject({
        message: `The access token has expired: it has no refresh token. Let the user sign in again. ${refreshTokenAdvice}`,
      });
    }
    for (const failing of [client.session(without).refresh(), client.refreshToken(without)]) {
      await expect(failing).rejects.toMatchObject({
        message: `The token has no refresh token, so example cannot refresh it: let the user sign in again. ${refreshTokenAdvice}`,
      });
    }
  });

  it("advises on no refresh token where the token has one", async () => {
    const client = example.client({ clock }, { refreshTokenAdvice: "Ask for one." });
    const refreshTokenExpiresAt = clock.now() - 1;
    const session = client.session(expiring(-1, { refreshTokenExpiresAt }), { refresh: "manual" });
    const error = await session.get("/me").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining("has expired too") });
    expect(error).not.toMatchObject({ message: expect.stringContaining("Ask for one") });
  });
});

describe("what reaches the token endpoint", () => {
  it("is the refresh token and the client's credentials, and nothing of the request", async () => {
    example.rotate("rt-old");
    const session = example.client({ clock }).session(expiring(-1));
    await session.post(
      "/things",
      { secret: "canary" },
      { params: { p: "canary" }, headers: { "x-c": "canary" } },
    );
    expect(example.tokenRequests).toHaveLength(1);
    const [request] = example.tokenRequests;
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: "refresh_token",
      refresh_token: "rt-old",
      client_id: "client-id",
      client_secret: "client-secret-canary",
    });
    expect(request?.url).toBe("/token");
    expect(request?.headers).not.toHaveProperty("x-c");
    expect(JSON.stringify(request)).not.toContain("at-old");
  });

  it("is one request for 1,000 callers over ten sessions, who all succeed", async () => {
    example.rotate("rt-old");
    let saves = 0;
    const client = example.client({ clock, ...example.inProcess });
    const old = expiring(-1);
    const sessions = Array.from({ length: 10 }, () =>
      client.session(old, { onTokenUpdate: () => void (saves += 1) }),
    );
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        const session = sessions[index % 10] as OAuth2Session;
        return index % 2 ? session.get("/me") : session.fetch("/me");
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(1000).fill(200));
    expect(example.tokenRequests).toHaveLength(1);
    expect(saves).toBe(1);
  });

  it("is nothing for a session that is made with a token that was just rotated", async () => {
    example.rotate("rt-old");
    const client = example.client({ clock });
    const old = expiring(-1);
    await client.session(old).get("/me");
    const stale = client.session(Token.from(JSON.parse(JSON.stringify(old))));
    expect((await stale.get("/me")).status).toBe(200);
    expect(stale.token.accessToken).toBe("at-rotated-1");
    expect((await client.refreshToken(old)).accessToken).toBe("at-rotated-1");
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("follows a chain of rotations from the first token on", async () => {
    example.rotate("rt-old");
    const client = example.client({ clock });
    const old = expiring(-1);
    const sessions = Array.from({ length: 5 }, () => client.session(old));
    for (const session of sessions) {
      await session.get("/me");
      clock.advance(3600_000);
    }
    expect(
      example.tokenRequests.map(({ body }) => new URLSearchParams(body).get("refresh_token")),
    ).toEqual(["rt-old", "rt-rotated-1", "rt-rotated-2", "rt-rotated-3", "rt-rotated-4"]);
  });

  it("is the newest refresh token, also with a smaller scope", async () => {
    example.rotate("rt-old");
    const client = example.client({ clock });
    const old = expiring(-1);
    await client.session(old).get("/me");
    await client.refreshToken(old, { scope: ["read"] });
    const sent = example.tokenRequests.map(({ body }) => new URLSearchParams(body));
    expect(sent.map((form) => form.get("refresh_token"))).toEqual(["rt-old", "rt-rotated-1"]);
  });

  it("is a scope only when one is asked for", async () => {
    example.token = ({ body }) => ({
      body: {
        access_token: "at-less",
        token_type: "bearer",
        scope: new URLSearchParams(body).get("scope") ?? "read",
      },
    });
    const less = await example.client({ clock }).refreshToken(expiring(-1), { scope: ["basic"] });
    expect(less.scope).toEqual(["basic"]);
    expect(example.tokenRequests[0]?.body).toContain("scope=basic");
  });
});

describe("when a token is refreshed", () => {
  it("is 60 seconds before its end, or the leeway before it", async () => {
    example.rotate("rt-old");
    const client = example.client({ clock });
    await client.session(expiring(61)).get("/me");
    expect(example.tokenRequests).toHaveLength(0);
    await client.session(expiring(10), { leeway: 9 }).get("/me");
    expect(example.tokenRequests).toHaveLength(0);
    await client.session(expiring(60)).get("/me");
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("is not on every request for a token that lives shorter than the leeway", async () => {
    example.rotate("rt-old", 30);
    const session = example.client({ clock }).session(expiring(-1));
    await session.get("/me");
    await session.get("/me");
    clock.advance(14_000);
    await session.get("/me");
    expect(example.tokenRequests).toHaveLength(1);
    clock.advance(2000);
    await session.get("/me");
    expect(example.tokenRequests).toHaveLength(2);
  });

  it("is never for a refreshed token that has no expiry, whatever the old one had", async () => {
    example.token = () => ({ body: { access_token: "at-endless", token_type: "Bearer" } });
    example.accepted.add("at-endless");
    const session = example
      .client({ clock })
      .session(
        { accessToken: "at-old", refreshToken: "rt-old", expiresAt: clock.now() - 1 },
        { refresh: "manual" },
      );
    await expect(session.get("/me")).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
    await session.refresh();
    clock.advance(10 * 365 * 86_400_000);
    expect((await session.get("/me")).status).toBe(200);
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("is never for a token that has no expiry", async () => {
    const session = example.client({ clock }).session(expiring(0, { expiresAt: undefined }));
    clock.advance(1e12);
    await session.get("/me");
    expect(example.tokenRequests).toHaveLength(0);
  });
});

describe("a 401", () => {
  it("refreshes once and repeats the request once", async () => {
    example.rotate("rt-old");
    const session = example.client({ clock }).session(expiring(3000));
    example.accepted.clear();
    expect((await session.post("/things", { a: 1 })).status).toBe(200);
    expect(example.tokenRequests).toHaveLength(1);
    expect(example.apiRequests.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}']);
  });

  it("that repeats causes exactly two requests and one refresh, by axios and by fetch", async () => {
    for (const shape of ["axios", "fetch"] as const) {
      const fresh = await running(ExampleProvider.start());
      fresh.rotate("rt-old");
      const session = fresh
        .client({ clock })
        .session(Token.from({ accessToken: "at-old", refreshToken: "rt-old" }));
      fresh.accepted.has = () => false;
      if (shape === "axios") {
        await expect(session.get("/me")).rejects.toMatchObject({ status: 401 });
      } else {
        expect((await session.fetch("/me")).status).toBe(401);
      }
      expect(fresh.apiRequests).toHaveLength(2);
      expect(fresh.tokenRequests).toHaveLength(1);
    }
  });

  it("of a token that was replaced meanwhile uses the new one: 100 staggered 401s cause one refresh", async () => {
    example.rotate("rt-old");
    const client = example.client({ clock });
    const old = expiring(3000);
    example.accepted.clear();
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        for (let turn = 0; turn < index; turn += 1)
          await new Promise((resolve) => setImmediate(resolve));
        return client.session(old).get("/me");
      }),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("to a stream refreshes the token, and does not send the stream again", async () => {
    example.rotate("rt-old");
    const session = example.client({ clock }).session(expiring(3000));
    example.accepted.clear();
    await expect(session.post("/upload", Readable.from(["part"]))).rejects.toMatchObject({
      status: 401,
    });
    expect(example.apiRequests).toHaveLength(1);
    expect((await session.get("/me")).status).toBe(200);
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("with another challenge than invalid_token does not refresh, nor does a 403", async () => {
    example.rotate("rt-old");
    const session = example.client({ clock }).session(expiring(3000));
    example.api = () => ({
      status: 401,
      headers: { "www-authenticate": 'Bearer realm="x", error="insufficient_scope"' },
    });
    expect((await session.fetch("/me")).status).toBe(401);
    example.api = () => ({ status: 403, body: {} });
    expect((await session.fetch("/me")).status).toBe(403);
    expect(example.tokenRequests).toHaveLength(0);
  });

  it("whose repetition fails makes an error that shows neither token", async () => {
    example.rotate("rt-old");
    const session = example.client({ clock }).session(expiring(600));
    example.accepted.clear();
    example.api = async ({ headers }) => {
      await session.refresh();
      return { status: 400, body: { sent: headers.authorization } };
    };
    const error: unknown = await session.get("/me").catch((thrown: unknown) => thrown);
    expect(session.token.accessToken).toBe("at-rotated-2");
    expect(error).toMatchObject({ response: { data: { sent: "Bearer [redacted]" } } });
  });

  it("is returned to the caller in the style manual", async () => {
    const session = example.client({ clock }).session(expiring(3000), { refresh: "manual" });
    example.accepted.clear();
    expect((await session.fetch("/me")).status).toBe(401);
    expect(example.tokenRequests).toHaveLength(0);
  });
});

describe("a refresh that fails", () => {
  it("for good is remembered, and 1,000 further calls send nothing", async () => {
    example.token = () => ({ status: 400, body: { error: "invalid_grant" } });
    const client = example.client({ clock });
    const old = expiring(-1);
    await expect(client.session(old).get("/me")).rejects.toMatchObject({ code: "INVALID_GRANT" });
    const errors = await Promise.all(
      Array.from({ length: 1000 }, () =>
        client
          .session(old)
          .get("/me")
          .catch((thrown: unknown) => thrown),
      ),
    );
    expect(errors.every((error) => (error as OAuthError).code === "INVALID_GRANT")).toBe(true);
    expect(example.tokenRequests).toHaveLength(1);
    expect(example.apiRequests).toHaveLength(0);
  });

  it("for now keeps the refresh token, and the next call tries again", async () => {
    let fail = true;
    example.rotate("rt-old");
    const { token: rotating } = example;
    example.token = (request, response) =>
      fail ? { status: 503, headers: { "retry-after": "7" } } : rotating(request, response);
    const session = example.client({ clock }).session(expiring(-1));
    await expect(session.get("/me")).rejects.toMatchObject({
      code: "SERVER_ERROR",
      retryable: true,
      retryAfter: 7,
    });
    expect(session.token.refreshToken).toBe("rt-old");
    fail = false;
    expect((await session.get("/me")).status).toBe(200);
  });

  it("for now does not stop the request while the token is valid", async () => {
    example.token = () => ({ status: 503 });
    const session = example.client({ clock }).session(expiring(30));
    expect((await session.get("/me")).status).toBe(200);
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("to be saved keeps the new token, fails for every waiter, and is saved by the next request", async () => {
    example.rotate("rt-old");
    const client = example.client({ clock });
    const old = expiring(-1);
    const saved: string[] = [];
    let broken = true;
    const save = (next: Token): void => {
      if (broken) throw new Error(`cannot write ${next.accessToken} to the database`);
      saved.push(next.accessToken);
    };
    const session = client.session(old, { onTokenUpdate: save });
    const errors = (await Promise.all(
      [1, 2, 3].map(() => session.get("/me").catch((thrown: unknown) => thrown)),
    )) as OAuthError[];
    for (const error of errors) {
      expect(error).toMatchObject({ code: "TOKEN_UPDATE_FAILED", retryable: true });
      expect(error.message).toContain("cannot write [redacted] to the database");
    }
    expect(example.apiRequests).toHaveLength(0);
    broken = false;
    expect((await session.get("/me")).status).toBe(200);
    expect(saved).toEqual(["at-rotated-1"]);
    expect(example.tokenRequests).toHaveLength(1);
  });
});

describe("waiting for a refresh", () => {
  it("ends for the caller who aborts, and goes on for the others", async () => {
    example.rotate("rt-old");
    const { token: rotating } = example;
    let answer = (): void => undefined;
    example.token = async (request, response) => {
      await new Promise<void>((resolve) => (answer = resolve));
      return rotating(request, response);
    };
    const client = example.client({ clock });
    const old = expiring(-1);
    const controller = new AbortController();
    const impatient = client.session(old).get("/me", { signal: controller.signal });
    const alsoImpatient = client.session(old).fetch("/me", { signal: controller.signal });
    const patient = client.session(old).get("/me");
    const outcomes = Promise.allSettled([impatient, alsoImpatient]);
    while (example.tokenRequests.length === 0)
      await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    const [first, second] = await outcomes;
    expect(first).toMatchObject({ status: "rejected", reason: { code: "ERR_CANCELED" } });
    expect(second).toMatchObject({ status: "rejected", reason: { name: "AbortError" } });
    answer();
    expect((await patient).status).toBe(200);
    expect(example.tokenRequests).toHaveLength(1);
  });
});

describe("a provider that keeps one refresh token for good", () => {
  it("gives a stale session the newest access token, and keeps a later one of another process", async () => {
    let count = 0;
    example.token = () => {
      count += 1;
      example.accepted.add(`at-${count}`);
      return { body: { access_token: `at-${count}`, token_type: "Bearer", expires_in: 3600 } };
    };
    const client = example.client({ clock });
    const old = expiring(-1);
    const renewed = await client.refreshToken(old);
    expect(renewed.refreshToken).toBe("rt-old");
    expect(client.session(old).token.accessToken).toBe("at-1");
    const later = expiring(7200, { accessToken: "at-of-another-process" });
    expect(client.session(later).token.accessToken).toBe("at-of-another-process");
    expect((await client.refreshToken(renewed)).accessToken).toBe("at-2");
  });
});
