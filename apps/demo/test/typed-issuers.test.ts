import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";
import { resultOf } from "./result-text.ts";
import { json, metadataOf, startTrapServer, type TrapServer } from "./trap-server.ts";

let demo: ServedDemo;
let server: TrapServer;
let elsewhere: TrapServer;
let browser: PlainBrowser;

beforeAll(async () => {
  demo = await serveDemo();
});
afterAll(() => demo.stop());
beforeEach(async () => {
  [server, elsewhere] = await Promise.all([startTrapServer(), startTrapServer()]);
  browser = new PlainBrowser(demo.url);
});
afterEach(async () => {
  await Promise.all([server.stop(), elsewhere.stop()]);
  expect(demo.failures).toEqual([]);
});

async function send(fields: Record<string, string>): Promise<Response> {
  return browser.post("/targets/issuer", {}, new URLSearchParams(fields));
}

/** The page that follows what was typed in. */
async function added(fields: Record<string, string>): Promise<string> {
  const response = await send(fields);
  expect(response.status).toBe(303);
  return (await browser.get(response.headers.get("location") ?? "")).text();
}

/** What the page says is wrong. */
async function problem(issuer: string): Promise<string> {
  const response = await send({ issuer, client_id: "my-app", client_secret: "sesame-sesame" });
  expect(response.status).toBe(400);
  const page = await response.text();
  expect(page).not.toContain("sesame");
  return (
    /<section class="panel error"[^>]*>(.*?)<\/section>/s
      .exec(page)?.[1]
      ?.replaceAll(/<[^>]+>/g, " ")
      .replaceAll(/\s+/g, " ")
      .trim() ?? page
  );
}

describe("an issuer that is typed in", () => {
  it("becomes a provider with its metadata, its scopes and a callback URL", async () => {
    server.answer = json(metadataOf(server.origin));
    const page = await added({ issuer: server.origin, client_id: "my-app" });
    expect(page).toContain(`${server.origin}/authorize`);
    expect(page).toContain("orders:read");
    expect(page).toMatch(new RegExp(`${demo.url}/callback/issuer-127-0-0-1-`));
    expect(page).toContain('value="openid email"');
    expect(server.asked).toEqual(["/.well-known/openid-configuration"]);
  });

  it("shows on the timeline how its metadata was found", async () => {
    server.answer = (request, response) => {
      if (request.url !== "/.well-known/oauth-authorization-server") response.statusCode = 404;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(metadataOf(server.origin)));
    };
    await added({ issuer: server.origin, client_id: "my-app" });
    const result = await resultOf(browser);
    expect(result).toMatch(/The metadata was found .* Discovery/);
    expect(result).toContain("1. Playground to Provider: GET /.well-known/openid-configuration.");
    expect(result).toContain("Provider to Playground: 200.");
    expect(result).toMatch(/1 GET \/\.well-known\/openid-configuration .* 404/);
    expect(result).toMatch(/2 GET \/\.well-known\/oauth-authorization-server .* 200/);
    expect(result).toContain(`OAuth2Client.discover("${server.origin}"`);
  });

  it("may have OAuth metadata only (RFC 8414)", async () => {
    server.answer = (request, response) => {
      if (request.url !== "/.well-known/oauth-authorization-server") response.statusCode = 404;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(metadataOf(server.origin)));
    };
    expect(await added({ issuer: server.origin, client_id: "my-app" })).toContain("orders:read");
  });

  it("may be the URL of its metadata", async () => {
    server.answer = json(metadataOf(server.origin));
    const issuer = `${server.origin}/.well-known/openid-configuration`;
    expect(await added({ issuer, client_id: "my-app" })).toContain("orders:read");
  });

  it("sends the browser to its authorization endpoint, as the security policy allows then", async () => {
    server.answer = json(metadataOf(server.origin));
    const before = await browser.get("/");
    expect(before.headers.get("content-security-policy")).not.toContain(server.origin);
    const { headers } = await send({ issuer: server.origin, client_id: "my-app" });
    const id = new URL(headers.get("location") ?? "", demo.url).searchParams.get("provider") ?? "";
    const after = await browser.get("/");
    expect(after.headers.get("content-security-policy")).toMatch(
      new RegExp(`form-action[^;]* ${server.origin}(?:;| )`),
    );
    const url = new URL(await browser.signIn(id));
    expect(url.origin + url.pathname).toBe(`${server.origin}/authorize`);
    expect(url.searchParams.get("client_id")).toBe("my-app");
    expect(url.searchParams.get("redirect_uri")).toBe(`${demo.url}/callback/${id}`);
  });

  it("is of one visitor only, and can be removed", async () => {
    server.answer = json(metadataOf(server.origin));
    const { headers } = await send({ issuer: server.origin, client_id: "my-app" });
    const location = headers.get("location") ?? "";
    const id = new URL(location, demo.url).searchParams.get("provider") ?? "";
    const other = await (await new PlainBrowser(demo.url).get(location)).text();
    expect(other).not.toContain(server.origin);
    await browser.post(`/targets/${id}/remove`);
    expect(await (await browser.get("/")).text()).not.toContain(id);
  });

  it("waits for a client ID if none is typed in", async () => {
    server.answer = json(metadataOf(server.origin));
    const page = await added({ issuer: server.origin });
    expect(page).toContain("Type in your client ID");
    const action = /action="(\/targets\/[^"]+\/registration)"/.exec(page)?.[1] ?? "";
    const form = new URLSearchParams({ client_id: "my-app", client_secret: "sesame-sesame" });
    const { headers } = await browser.post(action, {}, form);
    const next = await (await browser.get(headers.get("location") ?? "")).text();
    expect(next).not.toContain("Type in your client ID");
    expect(next).not.toContain("sesame");
    expect(server.asked).toHaveLength(1);
  });

  it("uses endpoints on other servers only after they were confirmed", async () => {
    server.answer = json(
      metadataOf(server.origin, { token_endpoint: `${elsewhere.origin}/token` }),
    );
    const { headers } = await send({ issuer: server.origin, client_id: "my-app" });
    const confirm = headers.get("location") ?? "";
    expect(confirm).toMatch(/^\/targets\/issuer-.*\/confirm$/);
    expect(await (await browser.get(confirm)).text()).toContain(`${elsewhere.origin}/token`);
    const id = confirm.split("/")[2] ?? "";
    expect((await browser.post(`/run/${id}/authorization-code`)).status).toBe(404);
    expect((await browser.post(confirm)).headers.get("location")).toBe(`/?provider=${id}#result`);
    expect(await browser.signIn(id)).toContain(`${server.origin}/authorize?`);
    expect(elsewhere.asked).toEqual([]);
    expect(await resultOf(browser)).toContain("Sign in");
    expect(await (await browser.get("/?run=1")).text()).toContain("The metadata was found");
  });
});

describe("an issuer that cannot be used", () => {
  it("is not followed to another server", async () => {
    server.answer = (_request, response) => {
      response.writeHead(302, { location: `${elsewhere.origin}/metadata` }).end();
    };
    expect(await problem(server.origin)).toContain(`redirect to ${elsewhere.origin}`);
    expect(elsewhere.asked).toEqual([]);
  });

  it("is not read further than a megabyte", async () => {
    server.answer = json(metadataOf(server.origin, { padding: "x".repeat(1_100_000) }));
    expect(await problem(server.origin)).toContain("The answer is too large");
  });

  it("is not waited for longer than a few seconds", async () => {
    server.answer = (_request, response) => void response.writeHead(200).write("{");
    const waiting = problem(server.origin);
    while (server.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    demo.clock.advance(4000);
    expect(await waiting).toContain("The server is too slow");
  });

  it.each([
    ["has no metadata", 404, "text/html", "<p>Not found", "This is no issuer"],
    ["answers with a page", 200, "text/html", "<p>Hello", "This is no issuer"],
    ["answers with a list", 200, "application/json", "[]", "This is no issuer"],
    ["fails", 500, "text/plain", "", "status 500"],
  ])("is explained with what was sent if it %s", async (_what, status, type, body, text) => {
    server.answer = (_request, response) => {
      response.writeHead(status, { "content-type": type }).end(body);
    };
    expect(await problem(server.origin)).toContain(text);
    const page = await (await send({ issuer: server.origin, client_id: "my-app" })).text();
    const [, wire = ""] = page.split("<h2>On the wire</h2>");
    expect(wire.replaceAll("<wbr />", "")).toContain("/.well-known/openid-configuration");
    expect(wire).toContain(`<span class="status ${status >= 400 ? "bad" : "good"}">${status}`);
  });

  it("is explained if its metadata is of another issuer", async () => {
    server.answer = json(metadataOf("https://id.example.com"));
    expect(await problem(server.origin)).toContain("The metadata is of another issuer");
  });

  it("is explained if nothing listens there", async () => {
    await elsewhere.stop();
    expect(await problem(elsewhere.origin)).toContain("Nothing listens");
    elsewhere = await startTrapServer();
  });

  it.each(["", "localhost:8080", "ftp://localhost", "https://a:b@localhost/", "https://a/?b"])(
    "is explained if it is %j",
    async (issuer) => {
      expect(await problem(issuer)).toContain("begins with https://");
    },
  );

  it.each([
    "http://169.254.169.254",
    "http://2852039166",
    "http://0xa9.0xfe.0xa9.0xfe",
    "http://0251.0376.0251.0376/latest",
    "http://[::ffff:169.254.169.254]",
    "http://[::169.254.169.254]",
    "http://[64:ff9b::169.254.169.254]",
    "http://[fe80::1]",
    "http://[fd00:ec2::254]",
    "http://100.100.100.200",
  ])("is never asked at the metadata address %s", async (issuer) => {
    expect(await problem(issuer)).toContain("is a link-local address");
  });
});
