import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import { gitHubApiError, retryWhenRateLimited, verifyWebhook } from "@grantkit/provider-github";
import {
  optionalFields,
  polluted,
  readsFromPrototype,
} from "../../core/test/support/prototype-traps.ts";
import { thrown } from "../../core/test/support/thrown.ts";
import { startedApp } from "./app-support.ts";

let emulator: GitHubEmulator;
let another: Awaited<ReturnType<typeof startedApp>>["another"];
let installation: number;

beforeAll(async () => {
  ({ emulator, another } = await startedApp());
  installation = emulator.installationIds[0] as number;
});
afterAll(() => emulator.close());

it("reads own fields only, in all calls of a GitHub App, in its errors and its webhooks", async () => {
  const names = [...new Set([...optionalFields("core"), ...optionalFields("provider-github")])];
  const body = '{"action":"opened"}';
  const headers = {
    "x-github-event": "issues",
    "x-github-delivery": "1",
    "x-hub-signature-256": `sha256=${createHmac("sha256", "s").update(body).digest("hex")}`,
  };
  const reads = await readsFromPrototype(names, async () => {
    const app = another();
    await app.appSession().get("/app");
    const session = app.installationSession(installation, { permissions: { contents: "read" } });
    await session.get("/installation/repositories");
    await app.fetchInstallationToken(installation);
    const request = await app.authorizationRequest();
    const token = await app.fetchToken(await emulator.authorize(request.url), request);
    await app.checkToken(token);
    await app.emails(token);
    await app.resetToken(token);
    emulator.failNext("api-secondary-rate-limit");
    gitHubApiError(await thrown(retryWhenRateLimited(() => session.get("/user"), { longest: 0 })));
    await thrown(app.fetchInstallationToken(1));
    await thrown(app.fetchScopedToken(token, { target: "octo" }));
    await verifyWebhook({ headers, body }, "s");
    await session.revoke();
  });
  expect(reads).toEqual([]);
});

it("takes no permissions, no repositories and no app ID from Object.prototype", async () => {
  const additions = {
    appId: 666,
    repositories: ["evil"],
    repositoryIds: [6],
    permissions: { administration: "write" },
  };
  const sent: unknown[] = [];
  // Not the emulator, which reads the same Object.prototype.
  const app = another({
    http: {
      adapter: (config) => {
        sent.push(config.data);
        const data = JSON.stringify({ token: "ghs_1.2", expires_at: "2999-01-01T00:00:00Z" });
        return Promise.resolve({ status: 201, statusText: "", data, headers: {}, config });
      },
    },
  });
  await polluted(additions, () => app.fetchInstallationToken(installation));
  expect(sent).toEqual(["{}"]);
});
