import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createClient } from "redis";
import { startRedis, type TestServer } from "@grantkit/store-faults";

const SLOTS = 16_384;

/** Starts a cluster of three nodes that share all hash slots. */
export async function startCluster(): Promise<readonly TestServer[]> {
  const buses = await Promise.all([freePort(), freePort(), freePort()]);
  const nodes = await Promise.all(
    buses.map((bus) =>
      startRedis({ config: { "cluster-enabled": "yes", "cluster-port": String(bus) } }),
    ),
  );
  const clients = nodes.map(({ url }) => createClient({ url }));
  await Promise.all(clients.map((client) => client.connect()));
  const slot = (index: number): number => Math.floor((SLOTS * index) / nodes.length);
  for (const [index, client] of clients.entries()) {
    await client.sendCommand(["CLUSTER", "SET-CONFIG-EPOCH", String(index + 1)]);
    const range = [slot(index), slot(index + 1) - 1].map(String);
    await client.sendCommand(["CLUSTER", "ADDSLOTSRANGE", ...range]);
  }
  for (const client of clients.slice(1)) {
    const first = [nodes[0]?.port, buses[0]].map(String);
    await client.sendCommand(["CLUSTER", "MEET", "127.0.0.1", ...first]);
  }
  for (const client of clients) {
    const state = () => client.sendCommand<string>(["CLUSTER", "INFO"]);
    const isWhole = (text: string): boolean =>
      text.includes("cluster_state:ok") && text.includes("cluster_known_nodes:3");
    while (!isWhole(await state())) await new Promise((go) => setTimeout(go, 50));
    client.destroy();
  }
  return nodes;
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Sends a command to a server by a connection of its own. */
export async function send({ url }: TestServer, ...command: string[]): Promise<unknown> {
  const client = createClient({ url });
  await client.connect();
  const answer: unknown = await client.sendCommand(command);
  client.destroy();
  return answer;
}
