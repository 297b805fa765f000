import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "./programs.ts";
import { freePort, serverFolder, startServer, type TestServer, userOf } from "./test-server.ts";

/** How PostgreSQL is started. */
interface PostgresOptions {
  /** Settings of postgresql.conf, for example `{ max_connections: "5" }`. By default `fsync` is off, which a killed server survives. */
  readonly config?: Readonly<Record<string, string>>;
  /** The server that it is a hot standby of. */
  readonly standbyOf?: PostgresServer;
}

/** A PostgreSQL server, or what stands in front of one. */
export interface PostgresServer extends TestServer {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const USER = "grantkit";
const REFUSES_ROOT = { refusesRoot: true };

/** Starts a PostgreSQL server with an empty database, in which a password is asked for. */
export async function startPostgres({
  config = {},
  standbyOf,
}: PostgresOptions = {}): Promise<PostgresServer> {
  const program = findProgram("postgres");
  const folder = serverFolder(REFUSES_ROOT);
  const password = standbyOf?.password ?? randomBytes(12).toString("hex");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password, { mode: 0o644 });
  const data = join(folder, "data");
  try {
    const [name, parameters] = standbyOf
      ? ["pg_basebackup", `--pgdata ${data} --dbname ${standbyOf.url} --write-recovery-conf`]
      : [
          "initdb",
          `--pgdata ${data} --username ${USER} --pwfile ${passwordFile} --auth=scram-sha-256 --encoding=UTF8 --no-locale`,
        ];
    execFileSync(findProgram(name), [...parameters.split(" "), "--no-sync"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
      ...userOf(REFUSES_ROOT),
    });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const port = await freePort();
  const settings = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
    shared_buffers: "16MB",
    ...config,
  };
  const parameters = Object.entries(settings).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const server = await startServer(
    { port, url: urlOf(port, password), folder },
    {
      program,
      parameters: ["-D", data, ...parameters],
      ready: /database system is ready to accept (?:read-only )?connections/,
      ...REFUSES_ROOT,
    },
  );
  return { ...server, user: USER, password, database: "postgres" };
}

/** How PgBouncer is started. */
interface PgBouncerOptions {
  readonly postgres: PostgresServer;
  /** @defaultValue "transaction" */
  readonly poolMode?: "session" | "transaction" | "statement";
  /**
   * Connections to PostgreSQL.
   *
   * @defaultValue 4
   */
  readonly poolSize?: number;
}

/** Starts a PgBouncer in front of a PostgreSQL server, for the same user and database. */
export async function startPgBouncer({
  postgres,
  poolMode = "transaction",
  poolSize = 4,
}: PgBouncerOptions): Promise<PostgresServer> {
  const { user, password, database } = postgres;
  const folder = serverFolder(REFUSES_ROOT);
  const port = await freePort();
  writeFileSync(join(folder, "users"), `"${user}" "${password}"\n`);
  writeFileSync(
    join(folder, "pgbouncer.ini"),
    `[databases]
${database} = host=127.0.0.1 port=${postgres.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, "users")}
pool_mode = ${poolMode}
default_pool_size = ${poolSize}
`,
  );
  const server = await startServer(
    { port, url: urlOf(port, password), folder },
    {
      program: findProgram("pgbouncer"),
      parameters: [join(folder, "pgbouncer.ini")],
      ready: /process up/,
      ...REFUSES_ROOT,
    },
  );
  return { ...server, user, password, database };
}

const urlOf = (port: number, password: string): string =>
  `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;
