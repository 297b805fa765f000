import { describe, it } from "@jest/globals";
import { defineProvider, OAuth2Client, Token } from "@grantkit/core";
import { Redactor } from "../src/errors/redaction.ts";
import { parseBody } from "../src/http/response-body.ts";
import { parseRetryAfter } from "../src/http/retry-after.ts";
import { parseScope } from "../src/tokens/scopes.ts";
import { CANARY, expectNoCanary } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";

describe("a million characters that a quadratic algorithm would take hours for", () => {
  // Nothing is measured: quadratic work would run into the test's own time limit.
  const MILLION = 1_000_000;
  const long = (text: string): string => text.repeat(MILLION / text.length);
  const spaced = `${long(" ")}x`;
  const client = new OAuth2Client(
    defineProvider({
      name: "example",
      endpoints: { token: "https://id.example.com/token" },
      api: { baseUrl: "https://api.example.com/v1" },
    }),
    {
      clientId: "client",
      clock: new FakeClock(),
      http: {
        adapter: (config) =>
          Promise.resolve({
            status: 200,
            statusText: "",
            headers: {},
            data: Buffer.from("{}"),
            config,
          }),
      },
    },
  );
  const session = client.session(Token.from({ accessToken: CANARY.accessToken }));
  const settle = (work: Promise<unknown>): Promise<unknown> =>
    work.catch((error: unknown) => error);

  const rows: [string, () => unknown][] = [
    ["scope of white space", () => parseScope(`a${spaced}`)],
    ["scope of commas", () => parseScope(long(", "), ",")],
    ["Retry-After of digits", () => parseRetryAfter(long("1"), 0)],
    ["Retry-After of a date and white space", () => parseRetryAfter(`Mon, ${spaced}`, 0)],
    [
      "error text of control characters",
      () => new Redactor([CANARY.code]).line(long("\u0000\u2028")),
    ],
    ["error text that is nearly a secret", () => new Redactor([`${long("a")}b`]).text(long("a"))],
    ["form", () => parseBody(Buffer.from(`${long("a")}%`), "text/plain")],
    ["form of percent signs", () => parseBody(Buffer.from(long("%=&")), "text/plain")],
    ["JWT of dots", () => settle(client.verifyIdToken(long(".")))],
    ["path of dots", () => settle(session.get(long("../")))],
    ["path of encoded dots", () => settle(session.get(long("%2e%2e/")))],
    ["path of slashes", () => settle(session.get(`/${long("/")}`))],
    ["path of backslashes", () => settle(session.get(long("\\")))],
    ["URL of at signs", () => settle(session.get(`https://${long("a@")}`))],
    [
      "access token",
      () => settle(Promise.resolve().then(() => Token.from({ accessToken: spaced }))),
    ],
    [
      "time of another library's token",
      () =>
        settle(
          Promise.resolve().then(() =>
            Token.from({ access_token: "a", expires_at: `${long("1")}x`, scope: spaced }),
          ),
        ),
    ],
    [
      "name of an option",
      () =>
        settle(
          Promise.resolve().then(
            () => new OAuth2Client(client.provider, { clientId: "c", [long("client_")]: 1 }),
          ),
        ),
    ],
    [
      "redirect URI",
      () =>
        settle(
          Promise.resolve().then(
            () => new OAuth2Client(client.provider, { clientId: "c", redirectUri: long("a.") }),
          ),
        ),
    ],
  ];
  it.each(rows)("are dealt with in linear time as %s", async (_name, work) => {
    expectNoCanary(await work());
  });
});
