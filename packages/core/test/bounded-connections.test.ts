import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import {
  MemoryTokenStore,
  type OAuth2ClientOptions,
  type OAuth2Session,
  type SessionOptions,
} from "@grantkit/core";
import {
  agentOfAxios,
  agentOfFetch,
  type BoundedConnections,
  dispatcherOfUndici,
  type Opened,
  READERS,
} from "./support/bounded-connections.ts";
import { rejectionOf } from "./support/canaries.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import type { Answering } from "./support/loopback-server.ts";
import { turns } from "./support/turns.ts";

const SMALL = JSON.stringify({ message: "Bad credentials" });
const LARGE = "x".repeat(400_000);

let example: ExampleProvider;
let clock: FakeClock;
let connections: BoundedConnections;

beforeEach(async () => {
  example = await ExampleProvider.start();
  clock = new FakeClock();
});

afterEach(async () => {
  await connections.close();
  await example.close();
});

/** Makes the API refuse what it does not accept with this answer. */
function refuseWith(refused: Answering): void {
  const usual = example.server.answer;
  example.server.answer = async (request, response) => {
    const answer = await usual(request, response);
    const isRefused = typeof answer === "object" && answer.status === 401;
    return isRefused ? refused(request, response) : answer;
  };
}

const text =
  (body: string): Answering =>
  () => ({
    status: 401,
    headers: { "content-type": "text/plain" },
    body,
  });

const endless: Answering = (_request, response) => {
  response.writeHead(401, { "content-type": "text/plain" });
  response.write("it never ends");
  return "hang";
};

/** A session whose token the API no longer accepts, and can be refreshed. */
function session(
  options: SessionOptions = {},
  client: Partial<OAuth2ClientOptions> = {},
): OAuth2Session {
  example.rotate("rt-old");
  return example
    .client({ clock, ...connections.options, ...client })
    .session({ accessToken: "at-old-0001", refreshToken: "rt-old" }, options);
}

/** Advances the clock second by second until the work is done. */
async function hurried<T>(work: Promise<T>): Promise<T> {
  const state = { over: false };
  const done = work.finally(() => {
    state.over = true;
  });
  done.catch(() => undefined);
  for (let passed = 0; !state.over && passed < 5; passed += 1) {
    await turns(300);
    if (!state.over) clock.advance(1000);
  }
  return done;
}

const readers = Object.entries(READERS);

describe.each([
  ["axios's agent", agentOfAxios],
  ["an agent under fetch", agentOfFetch],
  ["undici's dispatcher", dispatcherOfUndici],
] as const)("with one connection for each host (%s)", (_name, bounded) => {
  beforeEach(() => {
    connections = bounded(1);
  });

  describe.each(readers)("%s", (reader, open) => {
    it.each([
      ["a small", SMALL],
      ["a large", LARGE],
    ])("refreshes and repeats the request after a 401 with %s body", async (_size, body) => {
      refuseWith(text(body));
      const answer = await open(session(), "/x");
      expect([answer.status, await answer.text()]).toEqual([200, '{"hello":"world"}']);
      // The time limit of fetch lasts until its body is collected.
      expect(clock.pending).toBeLessThanOrEqual(reader === "fetch" ? 1 : 0);
    });

    it("follows a redirect, retries a 503, and reads each to its end", async () => {
      const answers = [503, 307, 200];
      example.api = () => {
        const status = answers.shift() ?? 200;
        const headers = { location: "/api/y" };
        return { status, ...(status === 307 && { headers }), body: LARGE };
      };
      const live = example
        .client({ clock, ...connections.options })
        .session(example.grant({ accessToken: "at-good-0001" }));
      const answer = await hurried(open(live, "/x"));
      expect([answer.status, (await answer.text()).length]).toEqual([200, LARGE.length]);
    });

    it("repeats the request when expiredToken reads the body of the refused answer", async () => {
      refuseWith(text(LARGE));
      const expiredToken = async (answer: {
        status: number;
        data(): Promise<unknown>;
      }): Promise<boolean> => (await answer.data(), answer.status === 401);
      const answer = await open(session({ expiredToken }), "/x");
      expect([answer.status, await answer.text()]).toEqual([200, '{"hello":"world"}']);
    });

    it("repeats the request for a DPoP nonce after a large body", async () => {
      example.server.answer = ({ headers }) => {
        const [, payload = ""] = String(headers["dpop"]).split(".");
        const hasNonce = Buffer.from(payload, "base64url").toString().includes('"nonce":"n-1"');
        const challenge = {
          "www-authenticate": 'DPoP error="use_dpop_nonce"',
          "dpop-nonce": "n-1",
        };
        return hasNonce ? { body: "fine" } : { status: 401, headers: challenge, body: LARGE };
      };
      const bound = example
        .client({ clock, dpop: true, ...connections.options })
        .session({ accessToken: "at-bound-0001", tokenType: "dpop" });
      const answer = await open(bound, "/x");
      expect([answer.status, await answer.text()]).toEqual([200, "fine"]);
    });

    it("closes a response after which a hook throws, and a redirect that it refuses", async () => {
      refuseWith(text(LARGE));
      const thrown = new Error("the hook failed");
      const failing = session(
        {},
        {
          hooks: {
            protectedRequest: (request) => {
              if (request.token.accessToken !== "at-old-0001") throw thrown;
              return request;
            },
          },
        },
      );
      expect(await rejectionOf(open(failing, "/x"))).toBe(thrown);
      example.accepted.add("at-good-0001");
      const live = example
        .client({ clock, ...connections.options })
        .session({ accessToken: "at-good-0001" });
      const location = "ftp://127.0.0.1/";
      example.api = ({ url }) =>
        url === "/api/away"
          ? { status: 302, headers: { location }, body: LARGE }
          : { body: "fine" };
      expect(await rejectionOf(open(live, "/away"))).toMatchObject({ code: "REDIRECT_REFUSED" });
      expect((await open(live, "/x")).status).toBe(200);
    });

    it("closes a response whose expiredToken throws, and one whose refresh is refused", async () => {
      refuseWith(text(LARGE));
      const thrown = new Error("the predicate failed");
      const throwing = session({
        expiredToken: () => {
          throw thrown;
        },
      });
      expect(await rejectionOf(open(throwing, "/x"))).toBe(thrown);
      example.token = () => ({ status: 400, body: { error: "invalid_grant" } });
      const refused = example
        .client({ clock, ...connections.options })
        .session({ accessToken: "at-old-0001", refreshToken: "rt-old" });
      expect(await rejectionOf(open(refused, "/x"))).toMatchObject({ code: "INVALID_GRANT" });
      example.accepted.add("at-good-0001");
      const next = example
        .client({ clock, ...connections.options })
        .session({ accessToken: "at-good-0001" });
      expect((await open(next, "/x")).status).toBe(200);
    });
  });

  // axios's fetch adapter does not cancel a body while it waits for a chunk of it.
  const cancelling = readers.filter(([name]) =>
    bounded === dispatcherOfUndici ? name === "fetch" : name !== "get as text",
  );

  it.each(cancelling)("%s goes on when the body of the 401 never ends", async (_reader, open) => {
    refuseWith(endless);
    const answer = await hurried(open(session(), "/x"));
    expect([answer.status, await answer.text()]).toEqual([200, '{"hello":"world"}']);
  });

  it.each([
    ["a small", SMALL, SMALL],
    ["a large", LARGE, "RESPONSE_TOO_LARGE"],
  ])(
    "an upload of a stream gets the 401 with %s body, kept if it is small",
    async (_size, body, kept) => {
      refuseWith(text(body));
      const live = session();
      const upload = { method: "POST", responseType: "stream", validateStatus: null } as const;
      const isWeb = bounded === dispatcherOfUndici;
      const data = isWeb ? new Blob(["x"]).stream() : Readable.from([Buffer.from("x")]);
      const { status, data: read } = await live.request({ ...upload, url: "/x", data });
      expect([status, live.token.accessToken]).toEqual([401, "at-rotated-1"]);
      const web = read instanceof ReadableStream ? read : Readable.toWeb(read as Readable);
      const end = new Response(web as ReadableStream)
        .text()
        .catch((error: { code: string }) => error.code);
      expect(await end).toBe(kept);
      expect((await live.get("/x")).status).toBe(200);
    },
  );

  it.each(readers)(
    "%s returns the whole 401 when the store has no refresh token",
    async (_reader, open) => {
      const body = "b".repeat(60_000);
      refuseWith(text(body));
      const store = new MemoryTokenStore();
      const live = await example
        .client({ clock, ...connections.options })
        .storedSession({ store, key: "user", token: { accessToken: "at-old-0001" } });
      const answer = await open(live, "/x");
      expect([answer.status, answer.type, await answer.text()]).toEqual([401, "text/plain", body]);
    },
  );
});

describe("with as many connections as streams", () => {
  it.each([1, 2, 8])("all of %i streams arrive after one refresh", async (count) => {
    connections = agentOfAxios(count);
    refuseWith(text(LARGE));
    const live = session();
    const open = READERS["get as a stream"] as (of: OAuth2Session, url: string) => Promise<Opened>;
    const answers = await Promise.all(
      Array.from({ length: count }, async (_each, index) => {
        const answer = await open(live, `/x${index}`);
        return [answer.status, await answer.text()];
      }),
    );
    expect(answers).toEqual(answers.map(() => [200, '{"hello":"world"}']));
    expect(example.tokenRequests).toHaveLength(1);
  });
});
