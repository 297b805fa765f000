import type {
  EvalClient,
  IoredisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
} from "./redis-client.ts";
import { COMMAND, READ } from "./scripts.ts";

/** Sends a command to one server. */
export type Send = (...command: readonly string[]) => Promise<unknown>;

/** A script, and what it is run with. */
export interface Script {
  readonly text: string;
  readonly keys: readonly string[];
  readonly parameters: readonly string[];
}

/** Redis, in the same words for every client. */
export interface RedisServer {
  readonly isCluster: boolean;
  /** Reads a text from the primary server. */
  get(key: string): Promise<unknown>;
  run(script: Script): Promise<unknown>;
  /** Runs a script, sends a command to the same server by the same connection, and gives both answers. */
  runAndSend?: (script: Script, command: readonly string[]) => Promise<readonly unknown[]>;
  /** The primary servers that are known. */
  primaries(): Promise<readonly Send[]>;
}

/** Recognizes a client by its methods; undefined for what is none. */
export function serverOf(client: unknown): RedisServer | undefined {
  const has = (...names: readonly string[]): boolean =>
    names.every((name) => typeof (client as Record<string, unknown> | null)?.[name] === "function");
  if (has("sendCommand", "nodeClient")) return nodeRedisCluster(client as NodeRedisCluster);
  if (has("call", "pipeline")) return ioredis(client as IoredisClient);
  if (has("sendCommand", "getMasterNode")) {
    const sentinel = client as NodeRedisSentinel;
    return nodeRedis((command) => sentinel.sendCommand(false, command), true);
  }
  if (has("sendCommand")) {
    const server = client as NodeRedisClient;
    return nodeRedis((command) => server.sendCommand(command), "totalClients" in server);
  }
  return has("eval") ? evalOnly(client as EvalClient) : undefined;
}

const commandOf = ({ text, keys, parameters }: Script): string[] => [
  "EVAL",
  text,
  String(keys.length),
  ...keys,
  ...parameters,
];

// As raw commands: a client that caches reads in this process, or that turns texts into buffers, does so with its own methods.
function nodeRedis(
  sendCommand: (command: string[]) => Promise<unknown>,
  isPool: boolean,
): RedisServer {
  const send: Send = (...command) => sendCommand([...command]);
  return {
    isCluster: false,
    get: (key) => send("GET", key),
    run: (script) => send(...commandOf(script)),
    // A pool would send the second command by another connection.
    ...(!isPool && {
      runAndSend: (script: Script, command: readonly string[]) =>
        Promise.all([send(...commandOf(script)), send(...command)]),
    }),
    primaries: () => Promise.resolve([send]),
  };
}

function nodeRedisCluster(client: NodeRedisCluster): RedisServer {
  const send = (key: string | undefined, command: readonly string[]): Promise<unknown> =>
    // Not read-only, so that it is never sent to a replica.
    client.sendCommand(key ?? "", false, [...command]);
  return {
    isCluster: true,
    get: (key) => send(key, ["GET", key]),
    run: (script) => send(script.keys[0], commandOf(script)),
    runAndSend: (script, command) =>
      Promise.all([send(script.keys[0], commandOf(script)), send(script.keys[0], command)]),
    primaries: () =>
      Promise.all(
        client.masters.map(async (master): Promise<Send> => {
          const node = (await client.nodeClient(master as never)) as NodeRedisClient;
          return (...command) => node.sendCommand([...command]);
        }),
      ),
  };
}

function ioredis(client: IoredisClient): RedisServer {
  const { isCluster } = client;
  const send = sendTo(client);
  const run = (script: Script): Promise<unknown> => send(...commandOf(script));
  return {
    isCluster,
    // A cluster's GET may be sent to a replica (`scaleReads`); a script is not.
    get: isCluster
      ? (key) => run({ text: READ, keys: [key], parameters: [] })
      : (key) => send("GET", key),
    run,
    // One pipeline: after a lost connection, ioredis repeats all of it or nothing.
    async runAndSend(script, command) {
      const commands = [commandOf(script), [...command]];
      const answers = await client.pipeline(commands.map(lowerCased)).exec();
      return (answers as [Error | null, unknown][]).map(([error, answer]) => {
        if (error) throw error;
        return answer;
      });
    },
    primaries() {
      const cluster = client as unknown as { nodes(role: string): IoredisClient[] };
      return Promise.resolve((isCluster ? cluster.nodes("master") : [client]).map(sendTo));
    },
  };
}

function sendTo(client: IoredisClient): Send {
  return (...command) => client.call(command[0] ?? "", ...command.slice(1));
}

const lowerCased = ([name = "", ...rest]: readonly string[]): string[] => [
  name.toLowerCase(),
  ...rest,
];

function evalOnly(client: EvalClient): RedisServer {
  const run = ({ text, keys, parameters }: Script): Promise<unknown> =>
    client.eval(text, [...keys], [...parameters]);
  return {
    isCluster: false,
    get: (key) => run({ text: READ, keys: [key], parameters: [] }),
    run,
    primaries: () =>
      Promise.resolve([(...command) => run({ text: COMMAND, keys: [], parameters: command })]),
  };
}
