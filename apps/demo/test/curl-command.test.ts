import { execFileSync } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import { curlCommand } from "../src/exchanges/curl-command.ts";
import type { Exchange } from "../src/exchanges/exchange-log.ts";

const SECRET = "canary-canary-canary";

function exchange(parts: Partial<Exchange>): Exchange {
  return {
    provider: { name: "google", title: "Google" },
    between: "demo → provider",
    method: "POST",
    url: "https://id.example/token",
    ...parts,
  };
}

/** The arguments that a shell gives to curl. */
function argumentsOf(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

describe("a request as a curl command", () => {
  it("gives curl the method, the address, the header and the body, whatever is in them", () => {
    const body = `{"note":"it's $HOME \`id\` \\\\ \\"quoted\\"\\n"}`;
    const sent = exchange({
      url: "https://id.example/token?q=a%20b&x=$(id)'",
      requestHeaders: { "Content-Type": "application/json", "X-Odd": `a'b "c" $d` },
      requestBody: body,
    });
    for (const secrets of ["raw", "masked"] as const) {
      expect(argumentsOf(curlCommand(sent, secrets))).toEqual([
        "--request",
        "POST",
        "https://id.example/token?q=a%20b&x=$(id)'",
        "--header",
        "Content-Type: application/json",
        "--header",
        `X-Odd: a'b "c" $d`,
        "--data-raw",
        body,
      ]);
    }
  });

  it("leaves out what curl sets itself", () => {
    const requestHeaders = { "Content-Length": "7", "accept-encoding": "gzip", Accept: "*/*" };
    const command = curlCommand(exchange({ method: "GET", requestHeaders }), "raw");
    expect(argumentsOf(command).slice(3)).toEqual(["--header", "Accept: */*"]);
  });

  it.each([
    ["a form", { requestBody: `code=${SECRET}&scope=a+b&redirect_uri=https%3A%2F%2Fa.example` }],
    ["JSON", { requestBody: `{"token":"${SECRET}"}` }],
    ["a header", { requestHeaders: { Authorization: `Bearer ${SECRET}` } }],
    ["a query", { url: `https://id.example/me?access_token=${SECRET}&a=b%20c` }],
  ])("masks the secrets of %s, and has them unmasked when asked", (_, parts) => {
    expect(curlCommand(exchange(parts), "masked")).not.toContain(SECRET);
    expect(curlCommand(exchange(parts), "masked")).toContain("cana…nary");
    expect(curlCommand(exchange(parts), "raw")).toContain(SECRET);
  });

  it("leaves the encoding of what is no secret", () => {
    const requestBody = `code=${SECRET}&scope=a+b&redirect_uri=https%3A%2F%2Fa.example`;
    expect(curlCommand(exchange({ requestBody }), "masked")).toContain(
      "code=cana…nary&scope=a+b&redirect_uri=https%3A%2F%2Fa.example",
    );
  });
});
