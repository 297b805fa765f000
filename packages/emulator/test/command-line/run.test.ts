import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "@jest/globals";
import { runCommandLine } from "../../src/command-line/run.ts";
import type { CommandLineResult } from "../../src/command-line/run.ts";
import type { GitHubEmulator, OAuth1Emulator } from "../../src/index.ts";
import { send } from "../support/oauth1-consumer.ts";
import { registered as asRegistered } from "../support/oauth1-dance.ts";
import { authorizationUrl, parameter } from "../support/wire.ts";

const results: CommandLineResult[] = [];

afterEach(async () => {
  for (const result of results.splice(0)) if ("emulator" in result) await result.emulator.close();
});

const run = async (
  ...args: string[]
): Promise<{ result: CommandLineResult; printed: string; complained: string }> => {
  let [printed, complained] = ["", ""];
  const result = await runCommandLine(args, {
    print: (text) => {
      printed += text;
    },
    complain: (text) => {
      complained += text;
    },
  });
  results.push(result);
  return { result, printed, complained };
};

const exampleIn = (printed: string): string =>
  /^Try it in a browser:\n {2}(\S+)$/m.exec(printed)?.[1] ?? "";

it("starts the provider with its switches and prints what an application needs", async () => {
  const { result, printed } = await run(
    "github",
    "--client-id",
    "my-client",
    "--app-type",
    "github-app",
    "--access-token-lifetime",
    "60",
    "--no-iss",
  );
  if (!("emulator" in result)) throw new Error("nothing was started");
  const { origin, endpoints } = result.emulator;
  expect(printed).toContain(`The emulator of github runs at ${origin}`);
  expect(printed).toContain("my-client");
  expect(printed).toContain("github-emulator-secret");
  expect(printed).toContain(endpoints.authorization);
  const example = /^ {2}(http\S+client_id=my-client\S+)$/m.exec(printed)?.[1] ?? "";
  expect((await fetch(example)).status).toBe(200);
});

it.each([
  ["facebook", "limitedIssuer", "/limited"],
  ["facebook", "limitedJwks", "/limited/.well-known/oauth/openid/jwks/"],
  ["microsoft", "adminConsentUrl", "/common/v2.0/adminconsent"],
])("prints the URL of %s that is no OAuth endpoint: %s", async (provider, name, path) => {
  const { result, printed } = await run(provider);
  if (!("emulator" in result)) throw new Error("nothing was started");
  const { origin, endpoints } = result.emulator;
  expect(printed.split("\n").map((line) => line.split(/ +/))).toContainEqual([
    "",
    name,
    origin + path,
  ]);
  expect(await (await fetch(origin)).text()).toContain(origin + path);
  expect(endpoints).not.toHaveProperty(name);
});

it.each([
  [
    "an unknown provider",
    ["gitlab"],
    /no provider "gitlab": google, github, facebook, microsoft, oauth1/,
  ],
  ["no provider", [], /Name a provider/],
  ["an unknown flag", ["github", "--nope"], /no option "--nope"\.$/m],
  ["an option's name", ["github", "--expiringTokens"], /Did you mean "--expiring-tokens"\?/],
  ["an odd spelling", ["github", "--clientID=x"], /Did you mean "--client-id"\?/],
  ["an odd negation", ["google", "--noIss"], /Did you mean "--no-iss"\?/],
  [
    "a value that a mixed switch has not",
    ["google", "--iss=banana"],
    /one of true, false, "wrong"/,
  ],
  ["an on/off switch with a value", ["google", "--testing-mode=maybe"], /"testingMode" must be/],
  ["a word too many", ["google", "--testing-mode", "maybe"], /maybe/],
  ["a value that does not fit", ["google", "--client-type", "toaster"], /"clientType" must be/],
  ["a port that is none", ["facebook", "--port", "70000"], /"port" must be/],
  ["a port that is a word", ["facebook", "--port", "many"], /"port" must be/],
])("complains about %s with exit code 2", async (_, args, complaint) => {
  const { result, printed, complained } = await run(...args);
  expect(result).toEqual({ exitCode: 2 });
  expect(complained).toMatch(complaint);
  expect(printed).toBe("");
});

it("fails with exit code 1 when the port is in use", async () => {
  const { result } = await run("github");
  const origin = "emulator" in result ? result.emulator.origin : "";
  const second = await run("google", "--port", new URL(origin).port);
  expect(second.result).toEqual({ exitCode: 1 });
  expect(second.complained).toContain("is in use");
});

it("prints help, with the switches of each provider", async () => {
  expect((await run("--help")).printed).toContain(
    "Providers: google, github, facebook, microsoft, oauth1",
  );
  const { result, printed } = await run("github", "--help");
  expect(result).toEqual({ exitCode: 0 });
  expect(printed).toMatch(/--app-type\s+one of "oauth-app", "github-app" \(default: "oauth-app"\)/);
  expect(printed).toContain("--[no-]expiring-tokens");
  expect(printed).toMatch(
    /--\[no-\]iss\[=<value>\]\s+one of true, false, "wrong" \(default: true\)/,
  );
  expect(printed).toMatch(/--\[no-\]enterprise-server\s+proof keys .*ignored \(default: false\)/);
});

it.each([
  [["--iss=wrong"], "https://issuer.invalid"],
  [["--iss", "wrong"], "https://issuer.invalid"],
  [["--iss"], "the emulator"],
  [["--iss=true"], "the emulator"],
  [["--iss=false"], undefined],
  [["--no-iss"], undefined],
  [["--no-iss", "--iss", "--app-type=oauth-app"], "the emulator"],
])("accepts every value of a switch that also takes booleans: %j", async (flags, expected) => {
  const { result } = await run("github", ...flags);
  if (!("emulator" in result)) throw new Error("nothing was started");
  const emulator = result.emulator as GitHubEmulator;
  const callback = await emulator.authorize(authorizationUrl(emulator));
  const issuer = expected === "the emulator" ? emulator.endpoints.issuer : expected;
  expect(parameter(callback, "iss")).toBe(issuer);
});

it.each(["google", "github", "facebook"])(
  "prints a URL that leads back to a page of the emulator: %s",
  async (name) => {
    const { result, printed } = await run(name);
    if (!("emulator" in result)) throw new Error("nothing was started");
    const emulator = result.emulator as GitHubEmulator;
    const callback = await emulator.authorize(exampleIn(printed));
    expect(callback).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/emulator\/callback\?/);
    const page = await fetch(callback);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("This is where your app would take over");
  },
);

it.each(["google", "github", "facebook"])(
  "prints a URL with the first redirect URI that is registered: %s",
  async (name) => {
    const uris = ["https://app.example/first", "https://app.example/second"];
    const flags = uris.flatMap((uri) => ["--redirect-uri", uri]);
    const { result, printed } = await run(name, ...flags);
    if (!("emulator" in result)) throw new Error("nothing was started");
    const callback = await (result.emulator as GitHubEmulator).authorize(exampleIn(printed));
    expect(callback).toMatch(/^https:\/\/app\.example\/first\?.*code=/);
  },
);

it("starts an OAuth 1.0a server and prints a URL that needs no signature", async () => {
  const own = await run(
    "oauth1",
    "--callback-confirmed=absent",
    "--x-auth",
    "--denial",
    "denied-only",
  );
  if (!("emulator" in own.result)) throw new Error("nothing was started");
  expect(own.printed).toContain("oauth1-emulator-consumer");
  expect(own.printed).toContain("/oauth/request_token");
  const callback = await (own.result.emulator as OAuth1Emulator).authorize(exampleIn(own.printed));
  expect(callback).toMatch(/\/emulator\/callback\?oauth_token=\w+&oauth_verifier=\w+$/);
  expect(await (await fetch(callback)).text()).toContain("exchange it together with the verifier");
  const denied = await (own.result.emulator as OAuth1Emulator).authorize(exampleIn(own.printed), {
    deny: true,
  });
  expect(await (await fetch(denied)).text()).toContain("It gets a refusal");
  const uri = "https://app.example/cb";
  const registered = await run("oauth1", "--redirect-uri", uri);
  if (!("emulator" in registered.result)) throw new Error("nothing was started");
  const emulator = registered.result.emulator as OAuth1Emulator;
  expect(await emulator.authorize(exampleIn(registered.printed))).toContain(`${uri}?oauth_token=`);
  const elsewhere = `${emulator.origin}/emulator/try?oauth_callback=http://localhost/other`;
  await expect(emulator.authorize(elsewhere)).rejects.toThrow("The callback does not fit");
  expect((await run("oauth1", "--help")).printed).toMatch(/--\[no-\]x-auth\s+passwords can be/);
});

it("reads the application's RSA key from a file: PEM or JWK", async () => {
  const folder = mkdtempSync(join(tmpdir(), "grantkit-"));
  let files = 0;
  const file = (content: string): string => {
    const path = join(folder, `key-${++files}`);
    writeFileSync(path, content);
    return path;
  };
  try {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const privateKey = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const pem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
    const jwk = JSON.stringify(pair.publicKey.export({ format: "jwk" }));
    for (const content of [pem, jwk]) {
      const { result } = await run("oauth1", "--public-key", file(content));
      if (!("emulator" in result)) throw new Error("nothing was started");
      const emulator = result.emulator as OAuth1Emulator;
      const signer = { ...asRegistered(emulator), method: "RSA-SHA256", privateKey };
      const { status } = await send(signer, { url: `${emulator.endpoints.api}/echo` });
      expect(status).toBe(200);
    }
    for (const [path, complaint] of [
      [join(folder, "none"), /--public-key takes the path of a file/],
      [file("{ no JSON"), /the file is neither PEM nor JSON/],
      [file("no key"), /must be an RSA public key in PEM or JWK form/],
    ] as const) {
      const { result, complained } = await run("oauth1", `--public-key=${path}`);
      expect(complained).toMatch(complaint);
      expect(result).toEqual({ exitCode: 2 });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect((await run("oauth1", "--help")).printed).toMatch(/ --public-key <file> +RSA public key/);
  expect((await run("google", "--help")).printed).not.toContain("--public-key");
  expect((await run("google", "--public-key", "x")).result).toEqual({ exitCode: 2 });
});

it("prints the base string of a signature that does not match, and no other", async () => {
  const printed: string[] = [];
  const result = await runCommandLine(["oauth1"], {
    print: (text) => void printed.push(text),
    complain: (text) => void printed.push(text),
  });
  results.push(result);
  if (!("emulator" in result)) throw new Error("nothing was started");
  const emulator = result.emulator as OAuth1Emulator;
  const url = `${emulator.endpoints.api}/echo?a=b`;
  const signer = asRegistered(emulator);
  expect((await send(signer, { url })).status).toBe(200);
  expect(printed).toHaveLength(1);
  expect((await send({ ...signer, secret: "another secret" }, { url })).status).toBe(401);
  const baseString = emulator.requests.at(-1)?.signatureBaseString ?? "none";
  expect(printed.slice(1)).toEqual([expect.stringContaining(`GET /api/echo: the signature`)]);
  expect(printed[1]).toContain(`\n${baseString}`);
  await emulator.close();
  const other = (await run("oauth1")).result;
  if (!("emulator" in other)) throw new Error("nothing was started");
  const elsewhere = `${other.emulator.origin}/api/echo`;
  expect((await send({ ...signer, secret: "another secret" }, { url: elsewhere })).status).toBe(
    401,
  );
  expect(printed).toHaveLength(2);
});

it("accepts false for a switch with numbers", async () => {
  for (const flags of [["--token-lifetime=false"], ["--no-token-lifetime"]]) {
    expect((await run("facebook", ...flags)).result).toHaveProperty("emulator");
  }
});

it("accepts the provider's name in any case", async () => {
  const { result, printed } = await run("GitHub");
  expect(result).toHaveProperty("emulator");
  expect(printed).toContain("The emulator of github runs");
});

it.each([[["--version"]], [["-v"]], [["google", "--version"]]])(
  "prints its version: %j",
  async (args) => {
    const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    const { version } = JSON.parse(manifest) as { version: string };
    const { result, printed } = await run(...args);
    expect(result).toEqual({ exitCode: 0 });
    expect(printed).toBe(version);
  },
);
