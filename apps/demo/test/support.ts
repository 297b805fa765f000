import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { FakeClock } from "../../../packages/core/test/support/fake-clock.ts";
import { plainClone } from "../../../packages/core/test/support/plain-clone.ts";
import { createDemo, type Demo } from "../src/demo.ts";

// For the local server, which is oidc-provider.
globalThis.structuredClone = plainClone;

/** A demo that is served. */
export interface ServedDemo extends Demo {
  readonly url: string;
  readonly clock: FakeClock;
  readonly failures: unknown[];
  readonly stop: () => Promise<void>;
}

/** Serves a demo with its emulators, on a free port. */
export async function serveDemo(
  environment: Record<string, string> = {},
  publicUrl?: string,
): Promise<ServedDemo> {
  // It listens before the demo is made, which needs its port.
  let answer: Demo["app"]["fetch"] = () => new Response(null, { status: 503 });
  const served = serve({
    fetch: (...request) => answer(...request),
    hostname: "127.0.0.1",
    port: 0,
  });
  const server = served as Server;
  if (!server.listening) await once(server, "listening");
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  // It starts at the real time, as the browser's countdown uses the browser's clock.
  const clock = new FakeClock(Math.floor(Date.now() / 1000) * 1000);
  const failures: unknown[] = [];
  const demo = await createDemo({
    publicUrl: publicUrl ?? url,
    environment,
    clock,
    onFailure: (error) => failures.push(error),
  }).catch((error: unknown) => {
    server.close();
    throw error;
  });
  answer = demo.app.fetch;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await demo.close();
  };
  return { ...demo, url, clock, failures, stop };
}

/** A browser without screen or scripts: it keeps cookies, and does not follow redirects. */
export class PlainBrowser {
  readonly cookies = new Map<string, string>();
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(path, { headers });
  }

  async post(
    path: string,
    headers: Record<string, string> = {},
    body?: URLSearchParams | Blob,
  ): Promise<Response> {
    return this.#send(path, {
      method: "POST",
      headers: { "sec-fetch-site": "same-origin", ...headers },
      ...(body && { body }),
    });
  }

  /** Clicks "Sign in", and returns the provider's address that it leads to. */
  async signIn(provider: string, fields?: Record<string, string>): Promise<string> {
    const form = fields && new URLSearchParams(fields);
    const flow = provider === "oauth1" ? "oauth1-sign-in" : "authorization-code";
    return (await this.post(`/run/${provider}/${flow}`, {}, form)).headers.get("location") ?? "";
  }

  async #send(
    path: string,
    init: { method?: string; headers: Record<string, string>; body?: URLSearchParams | Blob },
  ): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(new URL(path, this.#origin), {
      ...init,
      redirect: "manual",
      headers: { ...init.headers, ...(cookie && { cookie }) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
      this.cookies.set(name, value);
    }
    return response;
  }
}

/** Allows access at an emulator, as the chosen user, and returns the callback. */
export async function allow(authorizationUrl: string, user?: string): Promise<string> {
  return callbackOf(await decide(authorizationUrl, "allow", user));
}

/** The path and query of the callback that a decision leads to. */
export function callbackOf(decision: Response): string {
  const { pathname, search } = new URL(decision.headers.get("location") ?? "");
  return `${pathname}${search}`;
}

/** The emulator's answer to a decision on its consent page; all scopes are granted unless some are named. */
export async function decide(
  authorizationUrl: string,
  decision: "allow" | "deny",
  user?: string,
  granted?: readonly string[],
): Promise<Response> {
  const consent = await (await fetch(authorizationUrl)).text();
  const value = (name: string): string =>
    new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(consent)?.[1] ?? "";
  const form = new URLSearchParams({
    ticket: value("ticket"),
    user: user ?? value("user"),
    decision,
  });
  for (const [, scope = ""] of consent.matchAll(/name="scope"\s+value="([^"]*)"/g)) {
    if (granted?.includes(scope) ?? true) form.append("scope", scope);
  }
  return fetch(new URL("/emulator/decision", authorizationUrl), {
    method: "POST",
    body: form,
    redirect: "manual",
  });
}
