import { beforeEach, describe, expect, it } from "@jest/globals";
import { Agent } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { OAuth2Session } from "@grantkit/core";
import { makeCertificate } from "./support/certificate.ts";
import { ExampleProvider } from "./support/example-provider.ts";
import { FakeClock } from "./support/fake-clock.ts";
import type { Answering } from "./support/loopback-server.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";
import { turns, until } from "./support/turns.ts";

const running = closedAfterAll();
let example: ExampleProvider;
let clock: FakeClock;

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  clock = new FakeClock();
});

const sessionOf = (options = {}): OAuth2Session =>
  example.client({ clock, timeout: 5000, ...options }).session(example.expiring(clock, -1));

/** Answers the first token request in one way, and those after it in another. */
function answer(first: Answering, later: Answering): void {
  let count = 0;
  example.token = (...request) => ((count += 1) === 1 ? first : later)(...request);
}

const refusal = (error: string, status = 400) => ({ status, body: { error } });

describe("a second refresh request", () => {
  it("gets the rest of the time limit", async () => {
    let cut = (): void => undefined;
    const held = new Promise<void>((resolve) => (cut = resolve));
    answer(
      () => held.then(() => "cut"),
      () => "hang",
    );
    const failed = thrown(sessionOf().refresh());
    let isOver = false;
    void failed.then(() => (isOver = true));
    await until(() => example.tokenRequests.length === 1);
    clock.advance(3000);
    cut();
    await until(() => example.tokenRequests.length === 2);
    await turns();
    clock.advance(1999);
    await turns();
    expect(isOver).toBe(false);
    clock.advance(1);
    const error = await failed;
    expect(error).toMatchObject({ code: "TIMEOUT", retryable: true });
    expect(error.message).toContain("within 5000 ms");
    expect(error.message).toContain("The outcome is unknown");
  });

  it("is not sent when the connection is lost at the end of the time limit", async () => {
    answer(
      () => {
        clock.advance(4999);
        return "cut";
      },
      () => refusal("invalid_grant"),
    );
    const hooks = {
      refreshRequest: <Value>(value: Value): Value => {
        if (example.tokenRequests.length > 0) clock.advance(1);
        return value;
      },
    };
    expect(await thrown(sessionOf({ hooks }).refresh())).toMatchObject({ code: "TIMEOUT" });
    expect(example.tokenRequests).toHaveLength(1);
  });

  it.each([
    ["invalid_grant", refusal("invalid_grant")],
    ["invalid_grant", refusal("invalid_grant", 401)],
    ["bad_refresh_token", refusal("bad_refresh_token", 200)],
    ["invalid_request", refusal("invalid_request")],
    ["unauthorized_client", refusal("unauthorized_client")],
  ])("that is refused (%s, %j) leaves the outcome unknown", async (word, second) => {
    answer(
      () => "cut",
      () => second,
    );
    const session = sessionOf();
    const error = await thrown(session.refresh());
    expect(error).toMatchObject({
      code: "NETWORK_ERROR",
      retryable: true,
      details: { networkCode: "ECONNRESET" },
    });
    expect(error.message).toContain(`refused (${word}). The outcome is unknown`);
    example.rotate("rt-old");
    expect((await session.refresh()).accessToken).toBe("at-rotated-1");
  });

  it("to which the server responds with 5xx leaves the outcome unknown", async () => {
    answer(
      () => "cut",
      () => ({ status: 503 }),
    );
    const error = await thrown(sessionOf().refresh());
    expect(error).toMatchObject({ code: "SERVER_ERROR", status: 503, retryable: true });
    expect(error.message).toContain("The outcome is unknown");
  });

  it("follows a response that broke off", async () => {
    answer(
      (_request, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write('{"access_token":');
        setImmediate(() => response.destroy());
        return undefined;
      },
      () => ({ body: { access_token: "at-second", token_type: "Bearer" } }),
    );
    expect((await sessionOf().refresh()).accessToken).toBe("at-second");
  });

  it("follows a reused connection that the server had closed", async () => {
    const agent = new Agent({ keepAlive: true });
    const sockets: Socket[] = [];
    example.rotate("rt-old");
    const { token: rotating } = example;
    example.token = async (request, response) => {
      if (sockets.includes(response.socket as Socket)) return "cut";
      sockets.push(response.socket as Socket);
      return rotating(request, response);
    };
    const session = sessionOf({ http: { httpAgent: agent } });
    await session.refresh();
    expect((await session.refresh()).accessToken).toBe("at-rotated-2");
    agent.destroy();
  });

  it.each([
    ["is no HTTP", "HELLO\r\n\r\n"],
    ["has a header that cannot be parsed", "HTTP/1.1 200 OK\r\nx y\r\n\r\n"],
  ])("does not follow an answer that %s", async (_name, text) => {
    example.token = (_request, response) => {
      response.socket?.end(text);
      return undefined;
    };
    const error = await thrown(sessionOf().refresh());
    expect(error).toMatchObject({ code: "NETWORK_ERROR", retryable: true });
    expect(error.message).toContain("The outcome is unknown");
    expect(example.tokenRequests).toHaveLength(1);
  });

  it("does not follow a certificate that was refused, as nothing was sent", async () => {
    const server = createServer(makeCertificate("unknown-issuer"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    let connections = 0;
    server.on("connection", () => (connections += 1));
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = example.client({ clock }, { endpoints: { token: `${origin}/token` } });
    const error = await thrown(client.session(example.expiring(clock, -1)).refresh());
    expect(error).toMatchObject({ code: "NETWORK_ERROR", retryable: true });
    expect(error.message).not.toContain("unknown");
    expect(connections).toBe(1);
    server.close();
  });
});

describe("the time limit of a refresh", () => {
  it("applies to both requests of a DPoP proof that needs a nonce", async () => {
    let challenge = (): void => undefined;
    const held = new Promise<void>((resolve) => (challenge = resolve));
    answer(
      async () => {
        await held;
        return { ...refusal("use_dpop_nonce"), headers: { "dpop-nonce": "n-1" } };
      },
      () => "hang",
    );
    const failed = thrown(sessionOf({ dpop: true }).refresh());
    await until(() => example.tokenRequests.length === 1);
    clock.advance(3000);
    challenge();
    await until(() => example.tokenRequests.length === 2);
    await turns();
    clock.advance(2000);
    expect(await failed).toMatchObject({ code: "TIMEOUT" });
  });
});
