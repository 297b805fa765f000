import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "redis";

/** A server that speaks Upstash's REST protocol, before a real Redis. */
export async function startRestBridge(
  redisUrl: string,
): Promise<{ readonly url: string; readonly token: string; readonly close: () => void }> {
  const token = "rest-token";
  const redis = createClient({ url: redisUrl });
  redis.on("error", () => undefined);
  await redis.connect();
  const answer = async (command: readonly unknown[], isEncoded: boolean): Promise<object> => {
    try {
      const result: unknown = await redis.sendCommand(command.map(String));
      return { result: isEncoded ? encoded(result) : result };
    } catch (error) {
      return { error: (error as Error).message };
    }
  };
  const server = createServer((request, response) => {
    void (async () => {
      const isEncoded = request.headers["upstash-encoding"] === "base64";
      const body = JSON.parse(await bodyOf(request)) as unknown[];
      const isAllowed = request.headers.authorization === `Bearer ${token}`;
      const refused = { error: "WRONGPASS invalid or missing auth token" };
      const allowed = async (): Promise<unknown> =>
        request.url === "/pipeline"
          ? Promise.all((body as unknown[][]).map((command) => answer(command, isEncoded)))
          : answer(body, isEncoded);
      const outcome = isAllowed ? await allowed() : refused;
      response.writeHead(Array.isArray(outcome) || !("error" in (outcome as object)) ? 200 : 400, {
        "content-type": "application/json",
      });
      response.end(JSON.stringify(outcome));
    })();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    close() {
      server.close();
      server.closeAllConnections();
      redis.destroy();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function encoded(result: unknown): unknown {
  if (Array.isArray(result)) return result.map(encoded);
  if (typeof result !== "string" || result === "OK") return result;
  return Buffer.from(result).toString("base64");
}
