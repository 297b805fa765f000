import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type ScopeChange, ScopeChangedError, Token } from "@grantkit/core";
import { inspect } from "node:util";
import { CANARY, expectNoCanary, rejectionOf } from "./support/canaries.ts";
import { GOOD, signIn, TokenEndpoint } from "./support/token-endpoint.ts";

let endpoint: TokenEndpoint;
let told: [ScopeChange, Token][];
const onScopeChange = (change: ScopeChange, token: Token): void => void told.push([change, token]);

beforeEach(async () => {
  endpoint = await TokenEndpoint.start();
  told = [];
});

afterEach(() => endpoint.close());

const answer = (scope?: unknown): void => {
  const { scope: _scope, ...rest } = GOOD;
  endpoint.answer({ body: { ...rest, ...(scope !== undefined && { scope }) } });
};

describe("a granted scope", () => {
  it.each<[string, string | undefined, string[], ScopeChange | undefined]>([
    ["that is missing is the one asked for", undefined, ["read", "write"], undefined],
    ["in another order is the same", "write read", ["write", "read"], undefined],
    ["that is empty is none", "", [], { missing: ["read", "write"], additional: [] }],
    ["that is narrower is reported", "read", ["read"], { missing: ["write"], additional: [] }],
    [
      "that is wider is reported",
      "read write admin",
      ["read", "write", "admin"],
      { missing: [], additional: ["admin"] },
    ],
  ])("%s", async (_name, scope, granted, change) => {
    answer(scope);
    const token = await signIn(endpoint.client({}, { onScopeChange }));
    expect(token.scope).toEqual(granted);
    expect(token.scopeChange).toEqual(change);
    expect(told).toEqual(change ? [[change, token]] : []);

    const strict = signIn(endpoint.client({}, { strictScope: true, onScopeChange }));
    if (!change) {
      expect((await strict).scope).toEqual(granted);
      return;
    }
    const error = await rejectionOf(strict);
    expect(error).toBeInstanceOf(ScopeChangedError);
    expect(error).toMatchObject({ code: "SCOPE_CHANGED", retryable: false });
    // The code cannot be used again, so the error holds the token.
    const { token: kept } = error as ScopeChangedError;
    expect(kept).toBeInstanceOf(Token);
    expect(kept).toMatchObject({ accessToken: CANARY.accessToken, scopeChange: change });
    expectNoCanary(error);
    expect(inspect(error, { showHidden: true, depth: 10 })).not.toContain(CANARY.refreshToken);
    expect(told).toHaveLength(2);
  });

  it("is not a change when no scope was asked for", async () => {
    answer("default:one default:two");
    const client = endpoint.client({ defaultScope: [] }, { strictScope: true, onScopeChange });
    const tokens = [
      await client.fetchClientCredentialsToken(),
      await client.exchangeToken({ subjectToken: "s" }),
      await client.fetchJwtBearerToken({ assertion: "a.b.c" }),
    ];
    for (const token of tokens) expect(token.scope).toEqual(["default:one", "default:two"]);
    expect(told).toEqual([]);
  });

  it("that changed is reported by every grant", async () => {
    answer("read");
    const client = endpoint.client({}, { strictScope: true });
    const scope = ["read", "write"];
    for (const call of [
      () => client.fetchClientCredentialsToken({ scope }),
      () => client.fetchPasswordToken({ username: "u", password: "p", scope }),
      () => client.exchangeToken({ subjectToken: "s", scope }),
      () => client.fetchJwtBearerToken({ assertion: "a.b.c", scope }),
    ]) {
      expect(await rejectionOf(call())).toMatchObject({ code: "SCOPE_CHANGED" });
    }
  });

  it("that changed is reported to onScopeChange, whose error goes to the caller", async () => {
    answer("read");
    const own = new Error("not with us");
    const client = endpoint.client(
      {},
      {
        onScopeChange: () => {
          throw own;
        },
      },
    );
    await expect(signIn(client)).rejects.toBe(own);
  });
});

it("a grant throws what an async onScopeChange rejects with", async () => {
  const own = new Error("the app does not want it");
  endpoint.answer({ body: { ...GOOD, scope: "read" } });
  const client = endpoint.client({}, { onScopeChange: () => Promise.reject(own) });
  await expect(signIn(client)).rejects.toBe(own);
});

describe("a refresh", () => {
  it("with another scope is reported once and never throws, even with strictScope", async () => {
    const reported: string[][] = [];
    const client = endpoint.client(
      {},
      {
        strictScope: true,
        onScopeChange: ({ missing }) => {
          reported.push([...missing]);
        },
      },
    );
    const token = Token.from({
      accessToken: "at-1",
      refreshToken: "rt-1",
      scope: ["read", "write"],
      requestedScope: ["read", "write"],
    });
    endpoint.answer({ body: { ...GOOD, scope: "read", refresh_token: "rt-2" } });
    const next = await client.refreshToken(token);
    expect(next.scopeChange).toEqual({ missing: ["write"], additional: [] });
    endpoint.answer({ body: { ...GOOD, scope: "read", refresh_token: "rt-3" } });
    await client.refreshToken(next);
    expect(reported).toEqual([["write"]]);
  });

  it("can name one API of several, and further fields (RFC 8707 §2.2)", async () => {
    endpoint.answer({ body: GOOD });
    await endpoint
      .client()
      .refreshToken(
        { accessToken: "at-1", refreshToken: "rt-1" },
        { resource: ["https://a.example/", "https://b.example/"], parameters: { audience: "x" } },
      );
    const form = new URLSearchParams(endpoint.requests.at(-1)?.body);
    expect(form.getAll("resource")).toEqual(["https://a.example/", "https://b.example/"]);
    expect(form.get("audience")).toBe("x");
  });

  it("with a misspelled option is refused before anything is sent", async () => {
    const before = endpoint.requests.length;
    const refreshing = endpoint
      .client()
      .refreshToken({ accessToken: "at-1", refreshToken: "rt-1" }, { scopes: ["a"] } as never);
    expect(await rejectionOf(refreshing)).toMatchObject({ code: "CONFIGURATION_INVALID" });
    expect(endpoint.requests).toHaveLength(before);
  });
});
