import { describe, expect, it } from "@jest/globals";
import { defineProvider, OAuth2Client } from "@grantkit/core";
import type { AxiosAdapter, InternalAxiosRequestConfig } from "axios";
import { CANARY } from "./support/canaries.ts";
import { FakeClock } from "./support/fake-clock.ts";

/** A client whose requests go to a function. */
function scripted(
  reply: (config: InternalAxiosRequestConfig) => {
    readonly status?: number;
    readonly headers?: Record<string, string>;
  },
): OAuth2Client {
  const adapter: AxiosAdapter = (config) => {
    const { status = 200, headers = {} } = reply(config);
    return Promise.resolve({ status, statusText: "", headers, data: Buffer.from("{}"), config });
  };
  const provider = defineProvider({
    name: "example",
    endpoints: { token: "https://id.example.com/token" },
    api: { baseUrl: "https://api.example.com/v1" },
  });
  return new OAuth2Client(provider, {
    clientId: "client",
    clock: new FakeClock(),
    http: { adapter },
    retries: 0,
  });
}

describe("a redirect to another origin", () => {
  const elsewhere = {
    host: "https://evil.example.org/end",
    port: "https://api.example.com:8443/end",
    scheme: "http://api.example.com/end",
    subdomain: "https://files.api.example.com/end",
  };
  const cases = [301, 302, 303, 307, 308].flatMap((status) =>
    Object.entries(elsewhere).map(([kind, location]) => [status, kind, location] as const),
  );
  it.each(cases)(
    "with status %d, another %s, carries no secret",
    async (status, kind, location) => {
      const sent: InternalAxiosRequestConfig[] = [];
      const client = scripted((config) => {
        sent.push(config);
        return config.url?.endsWith("/start") ? { status, headers: { location } } : {};
      });
      const session = client.session({ accessToken: CANARY.accessToken });
      const headers = {
        "x-api-key": CANARY.code,
        cookie: CANARY.refreshToken,
        "proxy-authorization": CANARY.clientSecret,
        dpop: CANARY.idToken,
      };
      const outcomes = await Promise.allSettled([
        session.get("/start", { headers }),
        session.post("/start", { data: CANARY.userData }, { headers }),
      ]);
      if (kind === "scheme") {
        for (const outcome of outcomes) {
          expect(outcome).toMatchObject({ reason: { code: "REDIRECT_REFUSED" } });
        }
      }
      const crossed = sent.filter(({ url }) => !url?.startsWith("https://api.example.com/"));
      expect(crossed.length > 0).toBe(kind !== "scheme");
      for (const request of crossed) {
        const shown = JSON.stringify([request.url, request.headers.toJSON(), request.data]);
        for (const secret of Object.values(CANARY)) expect(shown).not.toContain(secret);
      }
    },
  );
});
