import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import { HELP, readCommandLine } from "./command-line.ts";
import { createDemo } from "./demo.ts";
import { listenOnLoopback } from "./loopback.ts";
import { publicOrigin } from "./settings.ts";

// The environment has priority over the files, and the first file over the second.
for (const file of new Set([".env", fileURLToPath(new URL("../../../.env", import.meta.url))])) {
  if (existsSync(file)) process.loadEnvFile(file);
}

// Before the demo is ready, an error is about the settings: its message is enough, without a stack.
const printAndExit = (error: Error): void => {
  console.error(error.message);
  process.exit(1);
};
process.once("uncaughtException", printAndExit);

const { help, port: wanted, issuer } = readCommandLine(process.argv.slice(2), process.env);
if (help) {
  console.log(HELP);
  process.exit();
}
const origin = publicOrigin(process.env["PUBLIC_URL"]);
const { port, servers } = await listenOnLoopback(wanted);
const publicUrl = origin ?? `http://localhost:${port}`;
const { app, targets, close } = await createDemo({
  publicUrl,
  environment: process.env,
  issuer,
  onFailure: (error) => console.error(error),
});
const answer = getRequestListener(app.fetch);
for (const server of servers) {
  server.on("request", (request, response) => void answer(request, response));
}
process.off("uncaughtException", printAndExit);
for (const { title, kind, origin: at } of targets.filter((each) => each.kind !== "example")) {
  console.log(`${title.padEnd(10)} ${kind}${at === undefined ? "" : ` at ${at}`}`);
}
console.log(`\nOpen ${publicUrl}\n\nStop with Ctrl+C.`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    for (const server of servers) server.close();
    void close().finally(() => process.exit(0));
  });
}
