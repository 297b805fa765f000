// What the implicit flow asks for, its faults, and where the page says beforehand that it does not work.
import { describe, expect, it } from "@jest/globals";
import { explained, servedDemo } from "./faults.ts";
import { shownOf } from "./page-secrets.ts";
import { PlainBrowser } from "./support.ts";
import { json, metadataOf, startTrapServer } from "./trap-server.ts";

const served = servedDemo(false);

const departure = async (
  visitor: PlainBrowser,
  provider: string,
  fields: Record<string, string>,
): Promise<string> => {
  const form = new URLSearchParams(fields);
  return (await visitor.post(`/run/${provider}/implicit`, {}, form)).headers.get("location") ?? "";
};

/** Signs in at Google's emulator by the implicit flow, as a browser's page does that hands on the fragment. */
async function signIn(fields: Record<string, string>): Promise<PlainBrowser> {
  const visitor = new PlainBrowser(served().url);
  const url = await departure(visitor, "google", fields);
  const consent = await (await fetch(url)).text();
  const value = (name: string): string =>
    new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(consent)?.[1] ?? "";
  const form = new URLSearchParams({ ticket: value("ticket"), decision: "allow" });
  form.set("user", "110000000000000000002");
  for (const [, scope = ""] of consent.matchAll(/name="scope"\s+value="([^"]*)"/g)) {
    form.append("scope", scope);
  }
  const decided = await fetch(new URL("/emulator/decision", url), {
    method: "POST",
    body: form,
    redirect: "manual",
  });
  const callback = new URLSearchParams({ url: decided.headers.get("location") ?? "" });
  await visitor.post("/callback/google/fragment", {}, callback);
  return visitor;
}

/** The flow's form without tags. */
async function formAt(visitor: PlainBrowser, provider: string): Promise<string> {
  const page = shownOf(await (await visitor.get(`/?provider=${provider}&flow=implicit`)).text());
  const [, form = ""] = /class="flow-form"([^]*?)<\/form>/.exec(page) ?? [];
  return form;
}

describe("the implicit flow", () => {
  it("asks for an ID token too, which is verified with its nonce and the access token's hash", async () => {
    const visitor = await signIn({ scope: "openid email" });
    const page = await (await visitor.get("/")).text();
    expect(page).toContain("ID token, received");
    expect(page).toContain('<strong class="good">verified</strong>');
    expect(page).toMatch(/class="passed">(?:(?!<li)[^])*<strong>nonce/);
    expect(page).toMatch(/class="passed">(?:(?!<li)[^])*<strong>at_hash/);
  });

  it("asks for the token alone if the person wants that", async () => {
    const visitor = new PlainBrowser(served().url);
    const fields = { response_type: "token", scope: "email" };
    const url = new URL(await departure(visitor, "google", fields));
    expect(url.searchParams.get("response_type")).toBe("token");
  });

  it.each([
    ["forged-signature", "its signature is wrong"],
    ["wrong-issuer", "iss is wrong"],
    ["wrong-audience", "aud is wrong"],
    ["wrong-nonce", "nonce is not the one"],
    ["missing-nonce", "nonce is not the one"],
    ["wrong-at-hash", "at_hash does not fit"],
    ["expired", "exp is wrong"],
  ])("has ID tokens with the flaw %s, of the user that was chosen", async (flaw, words) => {
    const visitor = await signIn({ scope: "openid email", fault: `id-token-${flaw}` });
    const text = await explained(visitor);
    expect(text).toMatch(/^The ID token was refused: ID_TOKEN_INVALID/);
    expect(text).toContain(words);
    expect(text).toContain("exchange 2 of");
    const page = await (await visitor.get("/")).text();
    expect(page).toContain("<code>110000000000000000002</code>");
  });

  it("says that such a fault needs an ID token, before anything is sent", async () => {
    const visitor = new PlainBrowser(served().url);
    const fields = { response_type: "token", fault: "id-token-expired" };
    expect(await departure(visitor, "google", fields)).toContain("#result");
    expect(await explained(visitor)).toContain("Response type has to be id_token token");
  });
});

describe("where there is no implicit flow, the page says why, and has no button", () => {
  it.each([
    ["local", "refuses response_type=token"],
    ["github", "GitHub gives codes only."],
    ["microsoft", "whose registration allows it"],
  ])("at %s", async (provider, reason) => {
    const form = await formAt(new PlainBrowser(served().url), provider);
    expect(form).toContain(reason);
    expect(form).toContain("<button disabled>");
  });

  it.each([
    [["code"], ["<button disabled>", "names no response type with a token"]],
    [
      ["code", "token id_token"],
      ['<option value="id_token token"', 'class="primary"'],
    ],
    [
      ["code", "token"],
      ['<option value="token"', 'class="primary"'],
    ],
  ])("at an issuer whose metadata has %j", async (supported, expected) => {
    const server = await startTrapServer();
    server.answer = json(metadataOf(server.origin, { response_types_supported: supported }));
    const visitor = new PlainBrowser(served().url);
    const fields = new URLSearchParams({ issuer: server.origin, client_id: "my-app" });
    const { headers } = await visitor.post("/targets/issuer", {}, fields);
    const id = new URL(headers.get("location") ?? "", served().url).searchParams.get("provider");
    const form = await formAt(visitor, id ?? "");
    await server.stop();
    for (const words of expected) expect(form).toContain(words);
    expect(form.match(/<option value="(?:id_token )?token"/g) ?? []).toHaveLength(
      supported.length - 1,
    );
  });
});
