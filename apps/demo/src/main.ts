import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { createDemo } from "./demo.ts";
import { publicOrigin, wantedPort } from "./settings.ts";

// What is in the environment already stays; of the files, the first to name a variable wins.
for (const file of new Set([".env", fileURLToPath(new URL("../../../.env", import.meta.url))])) {
  if (existsSync(file)) process.loadEnvFile(file);
}

// Until the demo runs, what goes wrong is the settings: said in one line, for a stack would help nobody.
const sayAndEnd = (error: Error): void => {
  console.error(error.message);
  process.exit(1);
};
process.once("uncaughtException", sayAndEnd);

const wanted = wantedPort(process.env["PORT"]);
const origin = publicOrigin(process.env["PUBLIC_URL"]);
const port = await freePort(wanted);
const publicUrl = origin ?? `http://localhost:${port}`;
const { app, providers, oauth1, close } = await createDemo({
  publicUrl,
  environment: process.env,
  onFailure: (error) => console.error(error),
});
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, () => {
  process.off("uncaughtException", sayAndEnd);
  for (const { title, emulator } of [...providers, oauth1]) {
    console.log(
      `${title.padEnd(10)} ${emulator === undefined ? "real" : `emulator at ${emulator}`}`,
    );
  }
  console.log(`\nOpen ${publicUrl}\n\nStop with Ctrl+C.`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    server.close();
    void close().finally(() => process.exit(0));
  });
}

/** The port that was asked for, or the next one that nobody has. */
async function freePort(first: number): Promise<number> {
  for (let candidate = first; candidate < first + 20; candidate += 1) {
    if (await isFree(candidate)) return candidate;
  }
  throw new Error(`No free port from ${first} on. Set PORT to another one.`);
}

function isFree(candidate: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once("error", () => resolve(false))
      .listen(candidate, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
