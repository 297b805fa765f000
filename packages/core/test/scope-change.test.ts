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
    // The code is spent: the token must not be lost with it.
    const { token: kept } = error as ScopeChangedError;
    expect(kept).toBeInstanceOf(Token);
    expect(kept).toMatchObject({ accessToken: CANARY.accessToken, scopeChange: change });
    expectNoCanary(error);
    expect(inspect(error, { showHidden: true, depth: 10 })).not.toContain(CANARY.refreshToken);
    expect(told).toHaveLength(2);
  });

  it("is no change where nothing was asked for, which leaves it to the provider", async () => {
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

  it("that changed is told by every grant", async () => {
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

  it("and what the report throws goes to the caller", async () => {
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
