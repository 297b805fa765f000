import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import {
  type GoogleEmulator,
  type GoogleSecurityEvent,
  type GoogleSecurityEventDetails,
  startGoogle,
} from "@grantkit/emulator";
import { GoogleClient, isOAuthError } from "@grantkit/provider-google";

let emulator: GoogleEmulator;
let receiver: Server;
let url: string;
let received: Awaited<ReturnType<GoogleClient["verifySecurityEvents"]>>[] = [];

beforeAll(async () => {
  emulator = await startGoogle();
  const { clientId, clientSecret, endpoints } = emulator;
  const client = new GoogleClient({ clientId, clientSecret, endpoints });
  receiver = createServer((request, response) => {
    text(request)
      .then((body) => client.verifySecurityEvents(body))
      .then(
        (delivery) => {
          received.push(delivery);
          return response.writeHead(202).end();
        },
        (error: unknown) => response.writeHead(400).end(isOAuthError(error) ? error.code : "?"),
      );
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/security-events`;
});
afterAll(async () => {
  await new Promise((resolve) => receiver.close(resolve));
  await emulator.close();
});

const post = async (
  event: GoogleSecurityEvent,
  details: GoogleSecurityEventDetails = {},
): Promise<[status: number, code: string]> => {
  received = [];
  const reply = await emulator.postSecurityEvent(url, event, details);
  return [reply.status, await reply.text()];
};

const GRACE = "110000000000000000002";
const user = "grace@navy.example";

it.each<[GoogleSecurityEvent, GoogleSecurityEventDetails, object]>([
  ["sessions-revoked", { user }, { userId: GRACE }],
  ["tokens-revoked", { user }, { userId: GRACE }],
  [
    "token-revoked",
    { refreshToken: "1//0gAbCdEfGhIjKlMnOp" },
    { tokenIdentifier: "1//0gAbCdEfGhIjK", tokenIdentifierKind: "prefix" },
  ],
  [
    "token-revoked",
    { refreshToken: "1//0g", tokenIdentifier: "hash_base64_sha512_sha512" },
    { tokenIdentifierKind: "hash_base64_sha512_sha512" },
  ],
  ["account-disabled", { user, reason: "hijacking" }, { userId: GRACE, reason: "hijacking" }],
  ["account-disabled", { user, reason: "bulk-account" }, { userId: GRACE, reason: "bulk-account" }],
  ["account-disabled", { user }, { userId: GRACE, reason: undefined }],
  ["account-enabled", { user, subject: "id_token_claims" }, { userId: GRACE, email: user }],
  ["account-credential-change-required", { user }, { userId: GRACE }],
  ["verification", { state: "s-1" }, { state: "s-1" }],
])("reads %s with %o", async (event, details, expected) => {
  expect(await post(event, details)).toEqual([202, ""]);
  expect(received).toEqual([
    expect.objectContaining({ events: [expect.objectContaining({ type: event, ...expected })] }),
  ]);
});

it.each(["forged-signature", "wrong-issuer", "wrong-audience", "missing-events"] as const)(
  "refuses a token with the flaw %s",
  async (flaw) => {
    expect(await post("sessions-revoked", { user, flaw })).toEqual([400, "SECURITY_EVENT_INVALID"]);
    expect(received).toEqual([]);
  },
);

it("accepts the issuer without a slash, and a JWT whose type is JWT", async () => {
  const details = { issuer: "without-slash", typ: "JWT" } as const;
  expect(await post("sessions-revoked", details)).toEqual([202, ""]);
});

it("knows a repeated delivery by its id", async () => {
  await post("sessions-revoked", { user, id: "756E697175" });
  expect(received).toEqual([expect.objectContaining({ id: "756E697175" })]);
});
