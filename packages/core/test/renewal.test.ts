import { beforeEach, describe, expect, it } from "@jest/globals";
import { type OAuth2Session, Token } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { WatchedStore } from "./support/watched-store.ts";

let example: ExampleProvider;
let clock: FakeClock;
const running = closedAfterAll();

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
  let count = 0;
  example.token = ({ body }) => {
    count += 1;
    const form = new URLSearchParams(body);
    const access_token = `at-${form.get("grant_type") ?? ""}-${count}`;
    example.accepted.clear();
    example.accepted.add(access_token);
    return { body: { access_token, token_type: "Bearer", expires_in: 3600 } };
  };
});

const forms = () =>
  example.tokenRequests.map(({ body }) => {
    const form = new URLSearchParams(body);
    return Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)]));
  });

describe("a token of the client credentials grant", () => {
  it("is fetched again when it has expired, once for 1,000 callers, with the same scope and parameters", async () => {
    const client = example.client({ clock, ...example.inProcess });
    const token = await client.fetchClientCredentialsToken({
      scope: ["jobs"],
      resource: ["https://a.example.com", "https://b.example.com"],
      parameters: { audience: "jobs" },
    });
    const stored = Token.from(JSON.parse(JSON.stringify(token)) as Token);
    clock.advance(3600_000);
    const sessions = Array.from({ length: 10 }, () =>
      client.session(stored, { repeatGrant: true }),
    );
    expect(sessions[0]?.authorized).toBe(true);
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        (sessions[index % 10] as OAuth2Session).get("/me"),
      ),
    );
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    expect(forms()).toHaveLength(2);
    expect(forms()[1]).toEqual(forms()[0]);
    expect(forms()[0]).toMatchObject({
      scope: ["jobs"],
      resource: ["https://a.example.com", "https://b.example.com"],
      audience: ["jobs"],
    });
  });

  it("is fetched again after a 401, and each time it has expired", async () => {
    const client = example.client({ clock });
    const session = client.session(await client.fetchClientCredentialsToken());
    example.accepted.clear();
    expect((await session.get("/me")).status).toBe(200);
    for (const expected of [3, 4]) {
      clock.advance(3600_000);
      expect((await session.get("/me")).status).toBe(200);
      expect(example.tokenRequests).toHaveLength(expected);
    }
  });

  it("is not shared with a token of another scope", async () => {
    const client = example.client({ clock });
    const one = await client.fetchClientCredentialsToken({ scope: ["a"] });
    const two = await client.fetchClientCredentialsToken({ scope: ["b"] });
    clock.advance(3600_000);
    const next = await Promise.all([client.session(one).refresh(), client.session(two).refresh()]);
    expect(next.map(({ requestedScope }) => requestedScope)).toEqual([["a"], ["b"]]);
    expect(example.tokenRequests).toHaveLength(4);
  });

  it("is shared by processes through a store", async () => {
    const store = new WatchedStore({ clock });
    const [one, two] = [example.client({ clock }), example.client({ clock })];
    const token = await one.fetchClientCredentialsToken();
    const first = await one.storedSession({ store, key: "app", token });
    const second = await two.storedSession({ store, key: "app" });
    clock.advance(3600_000);
    const answers = await Promise.all([first.get("/me"), second.get("/me")]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(example.tokenRequests).toHaveLength(2);
    expect(await store.accessToken("app")).toBe("at-client_credentials-2");
  });

  it("that was refused is fetched again by the next call", async () => {
    const client = example.client({ clock });
    const session = client.session(await client.fetchClientCredentialsToken());
    clock.advance(3600_000);
    const { token: granting } = example;
    example.token = () => ({ status: 400, body: { error: "invalid_grant" } });
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "INVALID_GRANT" });
    example.token = granting;
    expect((await session.get("/me")).status).toBe(200);
  });

  it("is not fetched again after it was revoked", async () => {
    const { origin } = example;
    const endpoints = { token: `${origin}/token`, revocation: `${origin}/revoke` };
    const client = example.client({ clock }, { endpoints });
    const session = client.session(await client.fetchClientCredentialsToken());
    await thrown(session.revoke());
    expect(await thrown(session.get("/me"))).toMatchObject({ code: "SESSION_ENDED" });
    expect(example.tokenRequests).toHaveLength(1);
    clock.advance(1);
    const later = client.session(await client.fetchClientCredentialsToken());
    expect((await later.get("/me")).status).toBe(200);
  });
});

describe("the session option renew", () => {
  const ended = () => Token.from({ accessToken: "at-old", expiresAt: 1 });
  const fresh = (name: string): Token =>
    example.grant({
      accessToken: name,
      issuedAt: clock.now(),
      expiresAt: clock.now() + 3600_000,
    });

  it("gets another token once for 1,000 callers over ten sessions, and the token is saved", async () => {
    const client = example.client({ clock, ...example.inProcess });
    let renewals = 0;
    const saved: string[] = [];
    const renew = (expired: Token): Promise<Token> => {
      renewals += 1;
      return Promise.resolve(fresh(`${expired.accessToken}-${renewals}`));
    };
    const sessions = Array.from({ length: 10 }, () =>
      client.session(ended(), {
        renew,
        onTokenUpdate: (next, previous) =>
          void saved.push(`${next.accessToken} for ${previous.accessToken}`),
      }),
    );
    expect(sessions[0]?.authorized).toBe(true);
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        (sessions[index % 10] as OAuth2Session).fetch("/me"),
      ),
    );
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect(renewals).toBe(1);
    expect(saved).toEqual(["at-old-1 for at-old"]);
    clock.advance(3600_000);
    expect((await sessions[3]?.get("/me"))?.status).toBe(200);
    expect(saved[1]).toBe("at-old-1-2 for at-old-1");
  });

  it("is not called for a token with a refresh token", async () => {
    example.rotate("rt-old");
    const token = Token.from({ accessToken: "at-old", refreshToken: "rt-old", expiresAt: 1 });
    const session = example.client({ clock }).session(token, {
      renew: () => Promise.reject(new Error("not needed")),
    });
    expect((await session.get("/me")).status).toBe(200);
  });

  it("that fails is reported without the token, and called again by the next request", async () => {
    let broken = true;
    const session = example.client({ clock }).session(ended(), {
      renew: ({ accessToken }) =>
        broken
          ? Promise.reject(new Error(`no key for ${accessToken}`))
          : Promise.resolve(fresh("at-2")),
    });
    const error = await thrown(session.get("/me"));
    expect(error).toMatchObject({ code: "RENEWAL_FAILED", retryable: true });
    expect(error.message).toContain("no key for [redacted]");
    broken = false;
    expect((await session.get("/me")).status).toBe(200);
  });

  it("must be a function", () => {
    const options = { renew: "later" } as never;
    expect(() => example.client().session(ended(), options)).toThrow(/renew must be a function/);
  });
});
