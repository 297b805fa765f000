import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { expect, it } from "@jest/globals";
import { FacebookClient } from "@grantkit/provider-facebook";
import { polluted } from "../../core/test/support/prototype-traps.ts";

const SECRET = "app-secret";
const NOW = Date.UTC(2026, 10, 21);
const ISSUED = NOW / 1000 - 60;

const app = {
  clientId: "100000000000001",
  clientSecret: SECRET,
  clock: { now: () => NOW, after: () => () => undefined },
};
const facebook = new FacebookClient(app);

/** Signs as Facebook does: the HMAC of the encoded payload. */
function signed(payload: unknown, secret = SECRET): string {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const encoded = Buffer.from(text).toString("base64url");
  return `${createHmac("sha256", secret).update(encoded).digest("base64url")}.${encoded}`;
}

const PAYLOAD = { algorithm: "HMAC-SHA256", issued_at: ISSUED, user_id: "218471" };

it("verifies the example of Facebook's documentation", async () => {
  // https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow, with the secret "secret"
  const text =
    "vlXgu64BQGFSQrY0ZcJBZASMvYvTHu9GQ0YM9rjPSso.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsIjAiOiJwYXlsb2FkIn0";
  const client = new FacebookClient({ clientId: "1", clientSecret: "secret" });
  // The signature is right; the sample has no issued_at.
  await expect(client.verifySignedRequest(text)).rejects.toMatchObject({
    code: "SIGNATURE_INVALID",
    details: { check: "issued_at" },
  });
});

it("has the user, the time, and all that was signed", async () => {
  const request = await facebook.verifySignedRequest(signed(PAYLOAD));
  expect(request.userId).toBe("218471");
  expect(request.issuedAt).toEqual(new Date(ISSUED * 1000));
  expect(request.payload).toMatchObject(PAYLOAD);
});

it("takes padded texts, which some libraries and servers make", async () => {
  const encoded = Buffer.from(JSON.stringify(PAYLOAD)).toString("base64url").replace(/$/, "==");
  const mac = createHmac("sha256", SECRET).update(encoded).digest("base64url");
  const request = await facebook.verifySignedRequest(`${mac}=.${encoded}`);
  expect(request.userId).toBe("218471");
});

it("takes a form, of a Request and as Express parses it", async () => {
  const body = new URLSearchParams({ signed_request: signed(PAYLOAD) });
  const request = new Request("https://app.example.com/deauthorize", { method: "POST", body });
  expect((await facebook.verifySignedRequest(request)).userId).toBe("218471");
  const parsed = { signed_request: signed(PAYLOAD) };
  expect((await facebook.verifySignedRequest(parsed)).userId).toBe("218471");
});

const good = signed(PAYLOAD);
const [mac = "", payload = ""] = good.split(".");

it.each([
  ["no text", "", "format"],
  ["no dot", mac, "format"],
  ["no payload", `${mac}.`, "format"],
  ["no signature", `.${payload}`, "format"],
  ["a second dot", `${good}.x`, "format"],
  ["other characters", `${mac}.${payload}%`, "format"],
  ["a huge text", `${mac}.${"a".repeat(20_000)}`, "format"],
  ["another secret", signed(PAYLOAD, "other"), "signature"],
  ["the secret of an empty text", signed(PAYLOAD, " "), "signature"],
  ["a changed payload", `${mac}.${payload.slice(0, -2)}AA`, "signature"],
  ["a cut signature", `${mac.slice(0, 20)}.${payload}`, "signature"],
  ["a signature that is no base64", `a.${payload}`, "signature"],
  ["the same payload with padding", `${mac}.${payload}=`, "signature"],
  ["another algorithm", signed({ ...PAYLOAD, algorithm: "HMAC-SHA1" }), "algorithm"],
  ["the algorithm none", signed({ ...PAYLOAD, algorithm: "none" }), "algorithm"],
  ["no algorithm", signed({ user_id: "1", issued_at: ISSUED }), "algorithm"],
  ["no time", signed({ ...PAYLOAD, issued_at: undefined }), "issued_at"],
  ["a time that is none", signed({ ...PAYLOAD, issued_at: 9e99 }), "issued_at"],
  ["a payload that is no JSON", signed("{"), "payload"],
  ["a list", signed([]), "algorithm"],
  ["null", signed("null"), "algorithm"],
])("refuses %s", async (_what, text, check) => {
  const thrown: unknown = await facebook.verifySignedRequest(text).catch((e: unknown) => e);
  expect(thrown).toMatchObject({ code: "SIGNATURE_INVALID", details: { check } });
  expect(inspect(thrown)).not.toContain(SECRET);
});

it("checks the signature before the algorithm and the payload", async () => {
  const text = signed({ ...PAYLOAD, algorithm: "none" }, "other");
  await expect(facebook.verifySignedRequest(text)).rejects.toMatchObject({
    details: { check: "signature" },
  });
});

it("refuses an old one where maxAge is set", async () => {
  await expect(facebook.verifySignedRequest(good, { maxAge: 60 })).resolves.toBeDefined();
  await expect(facebook.verifySignedRequest(good, { maxAge: 59 })).rejects.toMatchObject({
    details: { check: "issued_at" },
  });
});

it("refuses one of the future, beyond the tolerance of the clocks", async () => {
  const ahead = (seconds: number) => signed({ ...PAYLOAD, issued_at: NOW / 1000 + seconds });
  await expect(facebook.verifySignedRequest(ahead(300))).resolves.toBeDefined();
  // A maxAge of any length does not cover it.
  for (const options of [{}, { maxAge: 60 }]) {
    await expect(facebook.verifySignedRequest(ahead(301), options)).rejects.toMatchObject({
      code: "SIGNATURE_INVALID",
      details: { check: "issued_at" },
    });
  }
  const strict = new FacebookClient({ ...app, clockTolerance: 10 });
  await expect(strict.verifySignedRequest(ahead(10))).resolves.toBeDefined();
  await expect(strict.verifySignedRequest(ahead(11))).rejects.toMatchObject({
    details: { check: "issued_at" },
  });
});

it.each([{ maxAge: Number.NaN }, { maxAge: "60" }, { maxAge: -1 }, { maxage: 60 }, null])(
  "refuses the options %j, which would leave the check out",
  async (options) => {
    const verifying = facebook.verifySignedRequest(good, options as never);
    await expect(verifying).rejects.toMatchObject({ code: "CONFIGURATION_INVALID" });
  },
);

it.each([[{}], [{ signed_request: [good, good] }], [new URLSearchParams()]])(
  "refuses the form %j",
  async (form) => {
    await expect(facebook.verifySignedRequest(form)).rejects.toMatchObject({
      code: "SIGNATURE_INVALID",
      details: { check: "format" },
    });
  },
);

it("says that the signed_request is missing where a form has none", async () => {
  const form: Record<string, string> = {};
  const verifying = facebook.verifySignedRequest(form["signed_request"] as string);
  await expect(verifying).rejects.toMatchObject({
    code: "SIGNATURE_INVALID",
    details: { check: "format" },
    message: expect.stringContaining("The signed_request was refused: it is missing."),
  });
});

it("shows neither a code nor a token of the payload in a log", async () => {
  const text = signed({ ...PAYLOAD, code: "secret-code", oauth_token: "secret-token" });
  const request = await facebook.verifySignedRequest(text);
  expect(request.payload["code"]).toBe("secret-code");
  expect(inspect(request, { depth: 9 }) + JSON.stringify(request)).not.toContain("secret-");
});

it("takes nothing from a polluted prototype", async () => {
  await polluted({ algorithm: "HMAC-SHA256", user_id: "1", issued_at: ISSUED }, async () => {
    await expect(facebook.verifySignedRequest(signed({}))).rejects.toMatchObject({
      details: { check: "algorithm" },
    });
    const anonymous = signed({ algorithm: "HMAC-SHA256", issued_at: ISSUED });
    expect((await facebook.verifySignedRequest(anonymous)).userId).toBeUndefined();
  });
});

it("needs the app secret", async () => {
  const client = new FacebookClient({ clientId: "1" });
  await expect(client.verifySignedRequest(good)).rejects.toMatchObject({
    code: "CONFIGURATION_INVALID",
  });
});
