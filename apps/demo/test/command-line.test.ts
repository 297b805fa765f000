import { describe, expect, it } from "@jest/globals";
import { readCommandLine } from "../src/command-line.ts";
import { createDemo } from "../src/demo.ts";
import { json, metadataOf, startTrapServer } from "./trap-server.ts";

const ISSUER = "https://id.example.com";

describe("the command line", () => {
  it("is empty by default, and PORT counts", () => {
    const nothing = { help: false, issuer: undefined };
    expect(readCommandLine([], {})).toEqual({ ...nothing, port: 3000 });
    expect(readCommandLine([], { PORT: "8080" })).toEqual({ ...nothing, port: 8080 });
    expect(readCommandLine(["--port=4000"], { PORT: "8080" }).port).toBe(4000);
  });

  it("names an issuer, with the secret in the environment", () => {
    const args = ["--issuer", ISSUER, "--client-id", "my-app", "--client-secret-env", "MY_SECRET"];
    const more = ["--scope", "openid email", "--scope=orders:read", "--trust", "https://a.b/"];
    expect(readCommandLine([...args, ...more], { MY_SECRET: "sesame" }).issuer).toEqual({
      issuer: ISSUER,
      clientId: "my-app",
      clientSecret: "sesame",
      scope: ["openid", "email", "orders:read"],
      trust: ["https://a.b"],
    });
  });

  it.each([
    ["--isuer", "did you mean --issuer?"],
    ["--clientid", "did you mean --client-id?"],
    ["--scopes", "did you mean --scope?"],
    ["--xyz", "--xyz is not an option. See --help."],
    ["--client-secret", "--client-secret-env NAME"],
    [ISSUER, "is not an option"],
    ["--issuer", "--issuer <value>"],
    ["--client-id=my-app", "add --issuer URL"],
    ["--port=0", "--port must be a number from 1 to 65535."],
    ["--trust=https://a.b", "add --issuer URL"],
    ["--client-secret-env=NONE", "add --issuer URL"],
  ])("is refused with %s", (argument, message) => {
    expect(() => readCommandLine([argument], {})).toThrow(message);
  });

  it("is refused when what is trusted is no origin", () => {
    expect(() => readCommandLine(["--issuer", ISSUER, "--trust", "google"], {})).toThrow(
      "--trust must be an origin",
    );
  });

  it("is refused when the secret's variable is not set", () => {
    const args = ["--issuer", ISSUER, "--client-secret-env", "MY_SECRET"];
    expect(() => readCommandLine(args, {})).toThrow("MY_SECRET of --client-secret-env is not set");
  });
});

describe("an issuer on the command line", () => {
  it("is what the playground opens on; endpoints on other servers must be trusted", async () => {
    const server = await startTrapServer();
    const issuer = { issuer: server.origin, clientId: "my-app", trust: [] };
    const options = { publicUrl: "http://localhost:3000", environment: {} };
    server.answer = json(metadataOf(server.origin));
    const { app, close } = await createDemo({ ...options, issuer });
    const page = await (await app.request("/", { headers: { host: "localhost:3000" } })).text();
    expect(page).toContain(`Sign in with ${new URL(server.origin).host}`);
    await close();

    const tokens = "https://tokens.example.com";
    server.answer = json(metadataOf(server.origin, { token_endpoint: `${tokens}/token` }));
    await expect(createDemo({ ...options, issuer })).rejects.toThrow(`add --trust ${tokens}:`);
    await (await createDemo({ ...options, issuer: { ...issuer, trust: [tokens] } })).close();

    await server.stop();
    await expect(createDemo({ ...options, issuer })).rejects.toThrow(
      "The server cannot be reached",
    );
  });
});
