// A session sends a request in four ways, of which three are axios's and one is fetch's. Whatever the servers do, the same
// requests must arrive and the same must come of them.
import { afterAll, describe, expect, it } from "@jest/globals";
import axios from "axios";
import { defineProvider, OAuth2Client, type OAuth2ClientOptions, Token } from "@grantkit/core";
import { type Course, faces, scripts, Stage, type Subject } from "./support/journeys.ts";

const stage = await Stage.start();
afterAll(() => stage.close());

const TOKENS = ["at-journey-0001", "at-journey-0002"] as const;

function subject(
  placement: Subject["placement"],
  options: Partial<OAuth2ClientOptions> = {},
): Subject {
  return {
    placement,
    tokens: TOKENS,
    renewed: { body: { access_token: TOKENS[1], token_type: "Bearer", expires_in: 3600 } },
    session(origin, clock) {
      const provider = defineProvider({
        name: "example",
        endpoints: { token: `${origin}/token` },
        api: { baseUrl: `${origin}/api`, headers: { Accept: "application/x", "X-Api": "1" } },
        tokenPlacement: placement,
      });
      const client = new OAuth2Client(provider, {
        clientId: "client-id",
        clock,
        random: () => 0,
        ...options,
      });
      return client.session(
        Token.from({ accessToken: TOKENS[0], refreshToken: "rt-journey-0001" }),
      );
    },
  };
}

/** What a script leads to by each face. One after another: Jest cannot load a module twice at once. */
async function courses(script: (typeof scripts)[number], of: Subject): Promise<Course[]> {
  const all: Course[] = [];
  for (const face of faces) all.push(await stage.run(script, of, face));
  return all;
}

/** What a script leads to when the token travels in the body of a POST, which is sent once. */
function inBody({ sent, outcome, answers }: (typeof scripts)[number]): {
  readonly sent: readonly string[];
  readonly outcome: unknown;
} {
  const [first] = answers({ api: "", other: "" });
  if (first === "cut")
    return { sent: ["api 1"], outcome: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) };
  const { status = 200 } = typeof first === "object" ? first : {};
  if (status === 429 || status === 503) return { sent: ["api 1"], outcome: status };
  // A redirect of a POST is a GET without the body, and so without the token.
  if (status === 302 || status === 303)
    return {
      sent: sent.map((each, index) => (index === 0 ? each : (each.split(" ")[0] as string))),
      outcome,
    };
  return { sent, outcome };
}

describe.each(["header", "query", "body"] as const)("the token in the %s", (placement) => {
  it.each(scripts.map((script) => [script.title, script] as const))(
    "%s: the same requests arrive by get, request, axios() and fetch, and the same comes of them",
    async (_title, script) => {
      const expected = placement === "body" ? inBody(script) : script;
      const [first, ...others] = await courses(script, subject(placement));
      expect(first).toMatchObject({ sent: expected.sent, outcome: expected.outcome });
      for (const other of others) expect(other).toEqual({ ...first, outcome: expect.anything() });
      expect(others.map(({ outcome }) => outcome)).toEqual(others.map(() => expected.outcome));
    },
  );
});

describe("fetch of a client with the http option", () => {
  it.each(scripts.map((script) => [script.title, script] as const))(
    "%s: the same requests arrive as by get, and the same comes of them",
    async (_title, script) => {
      const http = axios.create();
      const get = await stage.run(script, subject("header"), "get");
      const fetch = await stage.run(script, subject("header", { http }), "fetch");
      expect(fetch).toEqual(get);
    },
  );
});
