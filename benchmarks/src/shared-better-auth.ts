import { randomUUID } from "node:crypto";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { genericOAuth } from "better-auth/plugins";
import { Pool } from "pg";
import { CLIENT, isAnswered, type SharedWay } from "./shared-way.ts";

const PROVIDER = "rotating";

/** better-auth's `getAccessToken` over a Postgres database. */
export const betterAuthWay: SharedWay = {
  server: "postgres",
  heeds401: false,
  async signIn({ origin, stored, expiresAt, servers }) {
    const pool = new Pool({ connectionString: servers["postgres"] });
    try {
      const auth = authOf(origin, pool);
      const { runMigrations } = await getMigrations(auth.options);
      await runMigrations();
      const { internalAdapter } = await auth.$context;
      const email = `${randomUUID()}@example.com`;
      const user = await internalAdapter.createUser(
        { name: "Octocat", email, emailVerified: true },
        { method: "oauth" },
      );
      const account = await internalAdapter.createAccount({
        userId: user.id,
        providerId: PROVIDER,
        accountId: user.id,
        accessToken: stored.accessToken,
        refreshToken: stored.refreshToken,
        accessTokenExpiresAt: new Date(expiresAt),
      });
      return JSON.stringify({ userId: user.id, accountId: account.id });
    } finally {
      await pool.end();
    }
  },
  open({ origin, servers }, found) {
    const pool = new Pool({ connectionString: servers["postgres"] });
    const auth = authOf(origin, pool);
    const body = JSON.parse(found) as { userId: string; accountId: string };
    const call = async (): Promise<boolean> => {
      const { accessToken } = await auth.api.getAccessToken({ body });
      return isAnswered(
        fetch(`${origin}/api/me`, { headers: { authorization: `Bearer ${accessToken}` } }),
      );
    };
    return Promise.resolve({ call, close: () => pool.end() });
  },
};

function authOf(origin: string, database: Pool) {
  return betterAuth({
    baseURL: "https://app.example.com",
    secret: "benchmarks-secret-of-more-than-32-characters",
    database,
    logger: { disabled: true },
    telemetry: { enabled: false },
    plugins: [
      genericOAuth({
        config: [
          {
            ...CLIENT,
            providerId: PROVIDER,
            authorizationUrl: `${origin}/authorize`,
            tokenUrl: `${origin}/token`,
          },
        ],
      }),
    ],
  });
}
