import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { serve } from "@hono/node-server";
import { createDemo } from "./demo.ts";

if (existsSync(".env")) process.loadEnvFile(".env");

const wanted = Number(process.env["PORT"] ?? 3000);
const port = await freePort(wanted);
const publicUrl = (process.env["PUBLIC_URL"] ?? `http://localhost:${port}`).replace(/\/+$/, "");
const { app, providers, close } = await createDemo({
  publicUrl,
  environment: process.env,
  onFailure: (error) => console.error(error),
});
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, () => {
  for (const { title, emulator } of providers) {
    console.log(
      `${title.padEnd(9)} ${emulator === undefined ? "the real one" : `emulator at ${emulator}`}`,
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
