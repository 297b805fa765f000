// Packs every published package and installs the tarballs into an empty project, as a user would. There it loads each
// package with import and require(), signs in against the emulators, and runs the matrix of runtimes and tools
// (runtimes/matrix.mjs). npm installs the newest version of each dependency, so core's tests run with those too; `npm test`
// runs with the lowest.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runMatrix } from "../runtimes/matrix.mjs";
import { entryPoints, installPackedPackages } from "./packed-packages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "grantkit-packed-"));

function run(program, args, cwd = project, env = process.env) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: "utf8" });
  if (status !== 0) {
    console.error(`${program} ${args.join(" ")} failed:\n${stdout}${stderr}`);
    rmSync(project, { recursive: true, force: true });
    process.exit(1);
  }
  return stdout;
}

const count = installPackedPackages(project);
console.log(`installed ${count} tarballs into an empty project`);

writeFileSync(
  join(project, "esm.mjs"),
  entryPoints
    .map((name) => `if (!Object.keys(await import("${name}")).length) throw "${name}";`)
    .join("\n"),
);
writeFileSync(
  join(project, "cjs.cjs"),
  entryPoints
    .map((name) => `if (!Object.keys(require("${name}")).length) throw "${name}";`)
    .join("\n"),
);
run(process.execPath, ["esm.mjs"]);
run(process.execPath, ["cjs.cjs"]);
console.log("every entry point loads with import and with require()");

writeFileSync(
  join(project, "sign-in.mjs"),
  `import { startFacebook, startGitHub, startGoogle, startMicrosoft } from "@grantkit/emulator";
import { FacebookClient } from "@grantkit/provider-facebook";
import { GitHubClient } from "@grantkit/provider-github";
import { GoogleClient } from "@grantkit/provider-google";
import { MicrosoftClient } from "@grantkit/provider-microsoft";
for (const [start, Client] of [[startFacebook, FacebookClient], [startGitHub, GitHubClient], [startGoogle, GoogleClient], [startMicrosoft, MicrosoftClient]]) {
  const emulator = await start();
  const { clientId, clientSecret, endpoints } = emulator;
  const client = new Client({ clientId, clientSecret, endpoints, redirectUri: "http://127.0.0.1:1/callback" });
  const request = await client.authorizationRequest();
  const token = await client.fetchToken(await emulator.authorize(request.url), request);
  const { id } = await client.session(token).profile();
  if (!id) throw new Error("no profile");
  await emulator.close();
}`,
);
run(process.execPath, ["sign-in.mjs"]);
console.log("each provider signs in against its emulator");

// The tests that reach into axios, jose and openid-client most.
const tests = ["certified-sign-in", "client-authentication", "discovery", "dpop"];
tests.push("http-options", "id-token", "keys-of-id-tokens", "session-requests");
const jest = ["--disable-warning=ExperimentalWarning", "--experimental-vm-modules"];
jest.push(join(root, "node_modules/jest/bin/jest.js"));
jest.push("--resolver", join(root, "scripts/newest-resolver.cjs"));
jest.push(...tests.map((name) => `test/${name}.test.ts`));
run(process.execPath, jest, join(root, "packages/core"), {
  ...process.env,
  NEWEST_DEPENDENCIES: project,
});
const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const newest = Object.keys(manifestOf(join(root, "packages/core")).dependencies).map(
  (name) => `${name} ${manifestOf(join(project, "node_modules", name)).version}`,
);
console.log(`core's tests pass with ${newest.join(", ")}`);

await runMatrix(project);
rmSync(project, { recursive: true, force: true });
