import { describe, expect, it } from "@jest/globals";
import {
  defineProvider,
  isOAuthError,
  OAuth2Client,
  type ProviderDefinition,
  Token,
} from "@grantkit/core";
import type { AxiosAdapter } from "axios";
import fc from "fast-check";
import { rejectsToken } from "../src/tokens/expired-token.ts";
import { anyText } from "./support/any-text.ts";
import { CANARY } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";

// Whatever a server answers, a call resolves to a valid value or rejects with an OAuthError. fast-check prints the seed and
// the smallest counterexample of a property that fails; it tries boundary values in its first runs.
const RUNS = { numRuns: 200 };
const LONG = 60_000;
const ISSUER = "https://id.example.com";

interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const options = (reply: () => Reply) => {
  const adapter: AxiosAdapter = (config) => {
    const { status = 200, headers = {}, body = "" } = reply();
    return Promise.resolve({ status, statusText: "", headers, data: Buffer.from(body), config });
  };
  return {
    clientId: "client",
    clientSecret: CANARY.clientSecret,
    redirectUri: "https://app.example.com/callback",
    clock: new FakeClock(),
    http: { adapter },
    retries: 0,
  } as const;
};

function clientOf(reply: () => Reply, definition: Partial<ProviderDefinition> = {}): OAuth2Client {
  const provider = defineProvider({
    name: "example",
    issuer: ISSUER,
    endpoints: {
      authorization: `${ISSUER}/authorize`,
      token: `${ISSUER}/token`,
      jwks: `${ISSUER}/keys`,
      userInfo: `${ISSUER}/me`,
      introspection: `${ISSUER}/introspect`,
      revocation: `${ISSUER}/revoke`,
      deviceAuthorization: `${ISSUER}/device`,
    },
    ...definition,
  });
  return new OAuth2Client(provider, options(reply));
}

/** The value that a call resolves to, or "refused" for an OAuthError; rethrows any other error. */
async function outcomeOf<T>(call: () => Promise<T> | T): Promise<T | "refused"> {
  try {
    return await call();
  } catch (error) {
    if (!isOAuthError(error)) throw error;
    expect((error.retryAfter ?? 0) >= 0).toBe(true);
    return "refused";
  }
}

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, "", true, 0, -1, 1e300, "3600", `${ISSUER}/x`, "javascript:alert(1)"),
  fc.double({ noNaN: true }),
  anyText(),
);
const mostly = (...good: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: value });
/** A response with the given fields, most of them valid, or with any bytes. */
function replies(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Reply> {
  const body = fc.oneof(
    { weight: 6, arbitrary: fc.record(fields).map((answer) => JSON.stringify(answer)) },
    {
      weight: 2,
      arbitrary: fc.record(fields, { requiredKeys: [] }).map((answer) => JSON.stringify(answer)),
    },
    { weight: 1, arbitrary: anyText() },
    { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
  );
  return fc.record({
    body,
    status: fc.oneof(
      { weight: 6, arbitrary: fc.constant(200) },
      { weight: 1, arbitrary: fc.integer({ min: 200, max: 599 }) },
    ),
    headers: fc.oneof(
      { weight: 3, arbitrary: fc.constant({ "content-type": "application/json" }) },
      {
        weight: 1,
        arbitrary: fc.dictionary(
          fc.constantFrom("content-type", "retry-after", "date", "location", "www-authenticate"),
          fc.string(),
        ),
      },
    ),
  });
}

describe("the fragment of an implicit grant", () => {
  const names = [
    "access_token",
    "state",
    "token_type",
    "expires_in",
    "scope",
    "error",
    "iss",
    "__proto__",
  ];

  it(
    "makes a token when its state is right and it has one, and otherwise an error",
    async () => {
      const client = clientOf(() => ({}), { defaultScope: ["read"] });
      let made = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.constantFrom(...names), anyText()), {
            maxLength: 3,
          }),
          fc.boolean(),
          async (pairs, likely) => {
            const request = await client.authorizationRequest({ responseType: "token" });
            const right = likely ? { state: request.state, access_token: "at-1" } : {};
            const fragment = new URLSearchParams([...Object.entries(right), ...pairs]);
            const outcome = await outcomeOf(() =>
              client.tokenFromFragment(`https://app.example.com/#${fragment.toString()}`, request),
            );
            if (outcome === "refused") return;
            made += 1;
            expect(fragment.getAll("state")).toEqual([request.state]);
            expect(fragment.has("error")).toBe(false);
            expect(outcome.accessToken).toBe(fragment.get("access_token"));
            expect(Number.isNaN(outcome.expiresAt?.getTime() ?? 0)).toBe(false);
          },
        ),
        RUNS,
      );
      expect(made).toBeGreaterThan(10);
    },
    LONG,
  );
});

describe("the answer to a device authorization request", () => {
  const reply = replies({
    device_code: mostly("dc-1"),
    user_code: mostly("WDJB-MJHT"),
    verification_uri: mostly(`${ISSUER}/device`),
    verification_uri_complete: mostly(`${ISSUER}/device?code=x`, null),
    expires_in: mostly(600, "600"),
    interval: mostly(5, "5", null, 0),
  });

  it(
    "is a device authorization that can be shown and polled for, or an error",
    async () => {
      let next: Reply = {};
      const client = clientOf(() => next);
      const now = new FakeClock().now();
      let made = 0;
      await fc.assert(
        fc.asyncProperty(reply, async (answer) => {
          next = answer;
          const outcome = await outcomeOf(() => client.fetchDeviceAuthorization());
          if (outcome === "refused") return;
          made += 1;
          const { expiresAt, interval, verificationUri, verificationUriComplete } = outcome;
          const end = expiresAt.getTime();
          expect(end >= now && end <= now + 86_400_000).toBe(true);
          expect(interval > 0 && interval <= 300).toBe(true);
          for (const address of [verificationUri, verificationUriComplete ?? verificationUri]) {
            expect(new URL(address).protocol).toMatch(/^https?:$/);
          }
        }),
        RUNS,
      );
      expect(made).toBeGreaterThan(20);
    },
    LONG,
  );
});

describe("the answer to an introspection request", () => {
  const reply = replies({
    active: mostly(true, false),
    scope: mostly("read write", null),
    exp: mostly(1_795_000_000),
    iat: mostly(1_795_000_000),
    aud: mostly("a", ["a", "b"]),
    sub: mostly("7"),
    ["__proto__"]: value,
  });

  it(
    "says whether the token is active, with dates that are dates, or is an error",
    async () => {
      let next: Reply = {};
      const client = clientOf(() => next);
      let made = 0;
      await fc.assert(
        fc.asyncProperty(reply, async (answer) => {
          next = answer;
          const outcome = await outcomeOf(() => client.introspectToken(CANARY.accessToken));
          if (outcome === "refused") return;
          made += 1;
          expect(typeof outcome.active).toBe("boolean");
          for (const date of [outcome.expiresAt, outcome.issuedAt, outcome.notBefore]) {
            expect(Number.isNaN(date?.getTime() ?? 0)).toBe(false);
          }
        }),
        RUNS,
      );
      expect(made).toBeGreaterThan(20);
    },
    LONG,
  );
});

describe("the answer to a revocation request", () => {
  it(
    "ends the revocation, or is an error",
    async () => {
      let next: Reply = {};
      const client = clientOf(() => next);
      await fc.assert(
        fc.asyncProperty(replies({ error: value }), async (answer) => {
          next = answer;
          expect([undefined, "refused"]).toContain(
            await outcomeOf(() => client.revokeToken(CANARY.accessToken)),
          );
        }),
        RUNS,
      );
    },
    LONG,
  );
});

describe("a server's metadata", () => {
  const reply = replies({
    issuer: mostly(ISSUER),
    authorization_endpoint: mostly(`${ISSUER}/authorize`),
    token_endpoint: mostly(`${ISSUER}/token`),
    jwks_uri: mostly(`${ISSUER}/keys`),
    userinfo_endpoint: mostly(`${ISSUER}/me`, null),
    id_token_signing_alg_values_supported: mostly(["RS256"], ["none"], null),
    token_endpoint_auth_methods_supported: mostly(["client_secret_basic"], [], null),
    mtls_endpoint_aliases: mostly({}, null),
  });

  it(
    "makes a client whose endpoints are secure, or an error",
    async () => {
      let made = 0;
      await fc.assert(
        fc.asyncProperty(reply, async (answer) => {
          const outcome = await outcomeOf(() =>
            OAuth2Client.discover(
              ISSUER,
              options(() => answer),
            ),
          );
          if (outcome === "refused") return;
          made += 1;
          expect(outcome.provider.issuer).toBe(ISSUER);
          for (const url of Object.values(outcome.provider.endpoints)) {
            expect(new URL(url as string).protocol).toBe("https:");
          }
        }),
        RUNS,
      );
      expect(made).toBeGreaterThan(10);
    },
    LONG,
  );
});

describe("user info", () => {
  it(
    "is an object about the user of the ID token, or an error",
    async () => {
      let next: Reply = {};
      const client = clientOf(() => next);
      const claims = { iss: ISSUER, sub: "7", aud: "client", exp: 2e9, iat: 1.7e9 };
      const token = Token.from({ accessToken: CANARY.accessToken, claims });
      let made = 0;
      await fc.assert(
        fc.asyncProperty(replies({ sub: mostly("7"), email: value }), async (answer) => {
          next = answer;
          const outcome = await outcomeOf(() => client.userInfo(token));
          if (outcome === "refused") return;
          made += 1;
          expect([undefined, "7"]).toContain(outcome["sub"]);
        }),
        RUNS,
      );
      expect(made).toBeGreaterThan(20);
    },
    LONG,
  );
});

describe("an ID token and a key set", () => {
  const part = fc.oneof(
    fc.constantFrom("", "e30", "eyJhbGciOiJSUzI1NiJ9", "eyJhbGciOiJub25lIn0"),
    fc.jsonValue().map((json) => Buffer.from(JSON.stringify(json)).toString("base64url")),
    fc.string(),
  );
  const jwt = fc.array(part, { maxLength: 5 }).map((parts) => parts.join("."));

  it(
    "of any shape are refused, as nobody has signed them",
    async () => {
      await fc.assert(
        fc.asyncProperty(jwt, replies({ keys: value }), async (text, answer) => {
          const client = clientOf(() => answer);
          expect(await outcomeOf(() => client.verifyIdToken(text))).toBe("refused");
          expect(await outcomeOf(() => client.verifyLogoutToken(text))).toBe("refused");
        }),
        RUNS,
      );
    },
    LONG,
  );
});

describe("isExpired()", () => {
  it("is true from leeway seconds before the expiry on, and not earlier", () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true }),
        fc.nat(1e6),
        fc.integer({ min: -1e9, max: 1e9 }),
        (end, leeway, distance) => {
          const token = Token.from({ accessToken: "at-1", expiresAt: end });
          const now = end.getTime() - leeway * 1000 + distance;
          expect(token.isExpired(leeway, now)).toBe(distance >= 0);
          expect(Token.from({ accessToken: "at-1" }).isExpired(leeway, now)).toBe(false);
        },
      ),
      RUNS,
    );
  });
});

describe("a WWW-Authenticate challenge", () => {
  it("rejects the token only with status 401, and with no other error than invalid_token", () => {
    const parts = fc.array(
      fc.oneof(
        fc.constantFrom(
          "Bearer",
          "DPoP",
          "error=",
          '"',
          "invalid_token",
          "insufficient_scope",
          ",",
        ),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), parts, (status, pieces) => {
        const challenge = pieces.join(" ");
        if (status !== 401) expect(rejectsToken(status, challenge)).toBe(false);
        expect(rejectsToken(401, `Bearer error="invalid_token", ${challenge}`)).toBe(true);
        expect(rejectsToken(401, `Bearer error="insufficient_scope", ${challenge}`)).toBe(false);
      }),
      RUNS,
    );
    for (const nothing of [undefined, null, "", "Bearer"]) {
      expect(rejectsToken(401, nothing)).toBe(true);
    }
  });
});
