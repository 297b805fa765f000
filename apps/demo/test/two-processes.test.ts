import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { resultOf } from "./result-text.ts";
import { allow, PlainBrowser, serveDemo, type ServedDemo } from "./support.ts";
import { json, startTrapServer, type TrapServer } from "./trap-server.ts";

let demo: ServedDemo;
let server: TrapServer;
beforeAll(async () => {
  [demo, server] = await Promise.all([serveDemo(), startTrapServer()]);
});
afterAll(async () => {
  await Promise.all([demo.stop(), server.stop()]);
  expect(demo.failures).toEqual([]);
});

const ADA = { username: "ada", password: "analytical-engine" };

async function use(
  visitor: PlainBrowser,
  target: string,
  flow: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<string> {
  await visitor.post(`/run/${target}/${flow}`, {}, new URLSearchParams(fields));
  return resultOf(visitor);
}

/** Types in a provider or an app, and returns the target's ID. */
async function typeIn(
  visitor: PlainBrowser,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const { headers } = await visitor.post(path, {}, new URLSearchParams(fields));
  return new URL(headers.get("location") ?? "", demo.url).searchParams.get("provider") ?? "none";
}

/** The files of the stores of this process: other tests have stores of their own at the same time. */
const storeFiles = (): string[] =>
  readdirSync(tmpdir())
    .filter((name) => name.startsWith(`grantkit-playground-${process.pid}-`))
    .flatMap((name) => readdirSync(join(tmpdir(), name), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

function expectOneRefresh(result: string): void {
  expect(result).toContain("One process refreshed, the other adopted its token");
  const counts = [...result.matchAll(/"tokenRequests": (\d), "apiRequests": (\d)/g)];
  expect(new Set(counts.map(([, tokens]) => tokens))).toEqual(new Set(["0", "1"]));
  expect(counts.map(([, , api]) => api)).toEqual(["1", "1"]);
  expect(result).toContain('"sameToken": true');
}

describe("two processes on one store", () => {
  it("share one refresh, and the files are removed afterwards", async () => {
    const before = storeFiles();
    const visitor = new PlainBrowser(demo.url);
    await visitor.get(await allow(await visitor.signIn("github")));
    expectOneRefresh(await use(visitor, "github", "two-processes"));
    expect(storeFiles().filter((path) => !before.includes(path))).toEqual([]);
    expect(await use(visitor, "github", "api-call")).toContain("The API answered");
  });

  it.each([
    { client_authentication: "basic" },
    { client_authentication: "none", dpop: "on" },
    { client_authentication: "client_secret_jwt" },
    { client_authentication: "private_key_jwt", dpop: "on" },
    { client_authentication: "tls", dpop: "on" },
  ])("authenticate alike at the local server: %j", async (client) => {
    const visitor = new PlainBrowser(demo.url);
    expect(await use(visitor, "local", "password", { ...client, ...ADA })).toContain(
      "The password",
    );
    const result = await use(visitor, "local", "two-processes", client);
    expectOneRefresh(result);
    if ("dpop" in client) expect(result.match(/DPoP proof, sent/g)?.length).toBeGreaterThan(2);
    expect(await use(visitor, "local", "api-call", client)).toContain("The API answered");
  });

  it("have the same key at an issuer that was typed in", async () => {
    const visitor = new PlainBrowser(demo.url);
    const { origin = "" } = demo.targets.find(({ id }) => id === "local") ?? {};
    const client_id = "playground-private-key-jwt";
    const target = await typeIn(visitor, "/targets/issuer", { issuer: origin, client_id });
    const client = { client_authentication: "private_key_jwt", dpop: "on" };
    const password = { ...client, ...ADA, scope: "openid offline_access" };
    expect(await use(visitor, target, "password", password)).toContain("The password");
    expectOneRefresh(await use(visitor, target, "two-processes", client));
  });

  it("have the same definition that was pasted", async () => {
    const visitor = new PlainBrowser(demo.url);
    const definition = JSON.stringify({
      name: "acme",
      endpoints: { token: `${server.origin}/token` },
      api: { baseUrl: `${server.origin}/api` },
    });
    const target = await typeIn(visitor, "/targets/definition", { definition, client_id: "app" });
    server.answer = json({ access_token: "first", refresh_token: "first", token_type: "Bearer" });
    await use(visitor, target, "password", ADA);
    expectOneRefresh(await use(visitor, target, "two-processes"));
  });

  it("keep an app's secret off the command line and out of files, at a provider of examples/", async () => {
    const visitor = new PlainBrowser(demo.url);
    const app = { client_id: "app", client_secret: "sesame-sesame", parameter: server.origin };
    const target = await typeIn(visitor, "/targets/gitlab/registration", app);
    const token = json({ access_token: "first", refresh_token: "first", token_type: "Bearer" });
    server.answer = token;
    await use(visitor, target, "password", { ...ADA, scope: "read_user" });
    const seen: string[] = [];
    server.answer = (request, response) => {
      seen.push(
        execFileSync("ps", ["-ww", "-A", "-o", "args="], { encoding: "utf8" }),
        ...storeFiles().map((path) => readFileSync(path, "utf8")),
      );
      token(request, response);
    };
    expectOneRefresh(await use(visitor, target, "two-processes"));
    expect(seen.join("\n")).toContain("second-process.js");
    expect(seen.join("\n")).toContain('"accessToken"');
    expect(seen.join("\n")).not.toContain("sesame");
  });

  it("need a token that can be refreshed, which the page says", async () => {
    const visitor = new PlainBrowser(demo.url);
    await use(visitor, "local", "client-credentials");
    for (const flow of ["two-processes", "two-tabs"]) {
      const page = await (await visitor.get(`/?provider=local&flow=${flow}`)).text();
      expect(page).toContain("<button disabled>Call the API from both</button>");
      expect(page).toContain("has no refresh token, so nothing can be refreshed");
    }
  });
});
