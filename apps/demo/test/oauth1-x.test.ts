// OAuth 1.0a at X, with an app that the person typed in. A server on this machine answers in X's place.
import http from "node:http";
import https from "node:https";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from "@jest/globals";
import { verify } from "@grantkit/oauth1";
import { resultOf } from "./result-text.ts";
import { PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";
import { json, startTrapServer, type TrapServer } from "./trap-server.ts";

const APP = { client_id: "typed-key", client_secret: "typed-secret" };

let demo: ServedDemo;
let server: TrapServer;
let visitor: PlainBrowser;

beforeAll(async () => {
  demo = await serveDemo();
  server = await startTrapServer();
});
afterAll(async () => {
  await demo.stop();
  await server.stop();
  expect(demo.failures).toEqual([]);
});
beforeEach(() => {
  visitor = new PlainBrowser(demo.url);
});
afterEach(() => void jest.restoreAllMocks());

const register = (fields: Record<string, string>): Promise<Response> =>
  visitor.post("/targets/oauth1/registration", {}, new URLSearchParams(fields));

/** Sends requests to https://api.x.com to the server of the test. */
function standInForX(): void {
  const { port } = new URL(server.origin);
  jest.spyOn(https, "request").mockImplementation(((
    { hostname, path, method, headers }: http.RequestOptions,
    done: (response: http.IncomingMessage) => void,
  ) => {
    expect(hostname).toBe("api.x.com");
    return http.request({ host: "127.0.0.1", port, path, method, headers }, done);
  }) as typeof https.request);
}

describe("X", () => {
  it("takes the emulator's place for a visitor who types in an app, and signs as X wants it", async () => {
    const signed: Promise<unknown>[] = [];
    server.answer = (request, response) => {
      const { url = "", method = "", headers } = request;
      const received = {
        url: `https://api.x.com${url}`,
        method,
        headers: { authorization: headers.authorization ?? "" },
      };
      const lookup = { clientSecret: "typed-secret", resourceOwnerSecret: "secret-of-token" };
      const { pathname } = new URL(received.url);
      signed.push(
        verify(received, () => lookup, { clock: demo.clock, useNonce: false }).catch(
          (error: unknown) => error,
        ),
      );
      if (pathname === "/2/users/me") json({ data: { username: "ada" } })(request, response);
      else {
        response.end(
          "oauth_token=token&oauth_token_secret=secret-of-token&oauth_callback_confirmed=true",
        );
      }
    };
    standInForX();
    const { headers } = await register(APP);
    expect(headers.get("location")).toBe("/?provider=real-x");
    const departure = await visitor.post("/run/real-x/oauth1-sign-in");
    expect(departure.headers.get("location")).toBe(
      "https://api.x.com/oauth/authorize?oauth_token=token",
    );
    await visitor.get("/callback/real-x?oauth_token=token&oauth_verifier=verifier");
    expect(await resultOf(visitor)).toContain('"username": "ada"');
    expect(server.asked).toEqual([
      "/oauth/request_token",
      "/oauth/access_token",
      "/2/users/me?user.fields=profile_image_url",
    ]);
    for (const each of await Promise.all(signed)) {
      expect(each).toMatchObject({ clientKey: "typed-key", signatureMethod: "HMAC-SHA1" });
    }
    // The emulator is still there.
    expect(await visitor.signIn("oauth1")).toContain("http://127.0.0.1:");
  });

  it("is one visitor's own, and its secret is not shown", async () => {
    await register(APP);
    const page = await visitor.get("/?provider=real-x");
    expect(page.headers.get("content-security-policy")).toContain("https://api.x.com");
    expect(await page.text()).not.toContain("typed-secret");
    const others = await new PlainBrowser(demo.url).post("/run/real-x/oauth1-sign-in");
    expect(others.status).toBe(404);
    await visitor.post("/targets/real-x/remove");
    expect((await visitor.post("/run/real-x/oauth1-sign-in")).status).toBe(404);
  });

  it.each([
    ["oauth1-two-legged", "an app acts for itself with a bearer token of OAuth 2.0"],
    ["oauth1-xauth", "X removed xAuth in 2017"],
    ["oauth1-renewal", "access tokens do not expire"],
  ])("says why it has no %s: %s", async (flow, reason) => {
    await register(APP);
    const page = await (await visitor.get(`/?provider=real-x&flow=${flow}`)).text();
    expect(page).toContain("<button disabled>");
    expect(page).toContain(reason);
  });

  it("offers its one signature method, in its one place", async () => {
    await register(APP);
    const page = await (await visitor.get("/?provider=real-x&flow=oauth1-sign-in")).text();
    const options = [...page.matchAll(/<option value="([^"]+)" (?:selected)?/g)].map(
      ([, value = ""]) => value,
    );
    expect(options.filter((value) => /^(?:HMAC|RSA|PLAIN|header|query|body)/.test(value))).toEqual([
      "HMAC-SHA1",
      "header",
    ]);
  });

  it.each([
    [{}, "clientKey"],
    [{ client_id: "typed-key" }, "clientSecret"],
  ])("needs an app with a key and a secret: %j", async (fields, problem) => {
    const response = await register(fields);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(problem);
  });

  it("takes the emulator's place for all with an app of the environment", async () => {
    const real = await serveDemo({ X_CLIENT_KEY: "env-key", X_CLIENT_SECRET: "env-secret" });
    const page = await (await new PlainBrowser(real.url).get("/?provider=oauth1")).text();
    await real.stop();
    expect(page).toContain("Sign in with X");
    expect(page).toContain(`${real.url}/callback/oauth1`);
  });
});
