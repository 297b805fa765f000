import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import { createDemo } from "./demo.ts";
import { publicOrigin, wantedPort } from "./settings.ts";

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

const wanted = wantedPort(process.env["PORT"]);
const origin = publicOrigin(process.env["PUBLIC_URL"]);
const server = createServer();
const port = await listen(wanted);
const publicUrl = origin ?? `http://localhost:${port}`;
const { app, providers, oauth1, close } = await createDemo({
  publicUrl,
  environment: process.env,
  onFailure: (error) => console.error(error),
});
const answer = getRequestListener(app.fetch);
server.on("request", (request, response) => void answer(request, response));
process.off("uncaughtException", printAndExit);
for (const { title, emulator } of [...providers, oauth1]) {
  console.log(`${title.padEnd(10)} ${emulator ? `emulator at ${emulator}` : "real provider"}`);
}
console.log(`\nOpen ${publicUrl}\n\nStop with Ctrl+C.`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    server.close();
    void close().finally(() => process.exit(0));
  });
}

/** Listens on the port, or on the next free one. */
async function listen(first: number): Promise<number> {
  for (let candidate = first; candidate < first + 20; candidate += 1) {
    try {
      await once(server.listen(candidate, "127.0.0.1"), "listening");
      return candidate;
    } catch {
      // The port is in use.
    }
  }
  throw new Error(`No port from ${first} to ${first + 19} is free. Set PORT to another one.`);
}
