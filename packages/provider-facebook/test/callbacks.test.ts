import { createHmac } from "node:crypto";
import { expect, it, jest } from "@jest/globals";
import {
  dataDeletionCallback,
  deauthorizeCallback,
  FacebookClient,
  type UserRequest,
} from "@grantkit/provider-facebook";

const ISSUED = 1_790_000_000;

const facebook = new FacebookClient({
  clientId: "1",
  clientSecret: "app-secret",
  clock: { now: () => (ISSUED + 60) * 1000, after: () => () => undefined },
});

function post(payload: object, secret = "app-secret"): Request {
  const encoded = Buffer.from(JSON.stringify(payload)).toString("base64url");
  const mac = createHmac("sha256", secret).update(encoded).digest("base64url");
  const body = new URLSearchParams({ signed_request: `${mac}.${encoded}` });
  return new Request("https://app.example.com/facebook", { method: "POST", body });
}

const PAYLOAD = { algorithm: "HMAC-SHA256", issued_at: ISSUED, user_id: "218471" };

it("calls back with the user who removed the app, and replies 200 after that", async () => {
  const forgotten: string[] = [];
  const POST = deauthorizeCallback(facebook, async ({ userId, issuedAt }) => {
    await Promise.resolve();
    forgotten.push(`${userId} at ${issuedAt.toISOString()}`);
  });
  const response = await POST(post(PAYLOAD));
  expect(response.status).toBe(200);
  expect(forgotten).toEqual(["218471 at 2026-09-21T14:13:20.000Z"]);
});

it("replies with the page and the code that Facebook shows to the user", async () => {
  const POST = dataDeletionCallback(facebook, ({ userId }) => ({
    url: `https://app.example.com/deletion?id=${userId}`,
    confirmationCode: "abc123",
  }));
  const response = await POST(post(PAYLOAD));
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  expect(await response.json()).toEqual({
    url: "https://app.example.com/deletion?id=218471",
    confirmation_code: "abc123",
  });
});

it.each([
  ["another secret", post(PAYLOAD, "other"), 400],
  ["no user", post({ ...PAYLOAD, user_id: undefined }), 400],
  ["a GET", new Request("https://app.example.com/facebook"), 405],
  ["an empty POST", new Request("https://app.example.com/facebook", { method: "POST" }), 400],
  [
    "JSON",
    new Request("https://app.example.com/facebook", {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    }),
    400,
  ],
])("replies to %s with an error, and calls nothing", async (_what, request, status) => {
  const called = jest.fn<(request: UserRequest) => never>();
  const [first, second] = [deauthorizeCallback, dataDeletionCallback].map((make) =>
    make(facebook, called),
  );
  expect((await first?.(request.clone()))?.status).toBe(status);
  expect((await second?.(request))?.status).toBe(status);
  expect(called).not.toHaveBeenCalled();
});

it("throws what the app's function throws, so that Facebook sees a failure", async () => {
  const broken = () => Promise.reject(new Error("database"));
  await expect(deauthorizeCallback(facebook, broken)(post(PAYLOAD))).rejects.toThrow("database");
  await expect(dataDeletionCallback(facebook, broken)(post(PAYLOAD))).rejects.toThrow("database");
});

it.each<[unknown, unknown, string]>([
  ["javascript:alert(1)", "abc", "url"],
  ["/deletion", "abc", "url"],
  ["https://app.example.com/", "<b>", "confirmationCode"],
  ["https://app.example.com/", "", "confirmationCode"],
  ["https://app.example.com/", undefined, "confirmationCode"],
  ["https://app.example.com/", 5, "confirmationCode"],
  [undefined, "abc", "url"],
])("refuses to reply %s and %j", async (url, confirmationCode, problem) => {
  const POST = dataDeletionCallback(facebook, () => ({ url, confirmationCode }) as never);
  await expect(POST(post(PAYLOAD))).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
    problems: [expect.stringContaining(problem)],
  });
});

it.each([undefined, null])("refuses to reply %j, which names no page", async (deletion) => {
  const POST = dataDeletionCallback(facebook, () => deletion as never);
  await expect(POST(post(PAYLOAD))).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
});

it("throws for a client without a secret, which can verify nothing", async () => {
  const POST = deauthorizeCallback(new FacebookClient({ clientId: "1" }), () => undefined);
  await expect(POST(post(PAYLOAD))).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
});
