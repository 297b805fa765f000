import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "@jest/globals";
import { type FacebookEmulator, startFacebook } from "@grantkit/emulator";
import {
  FacebookClient,
  type FacebookPage,
  facebookPages,
  type FacebookPagesOptions,
  type Token,
} from "@grantkit/provider-facebook";

let emulator: FacebookEmulator;
let client: FacebookClient;
let token: Token;

const PAGES = ["1", "2", "3", "4", "5"].map((id) => ({
  id: `10000000000000${id}`,
  name: `Page ${id}`,
  tasks: ["MANAGE", "CREATE_CONTENT"],
}));

beforeAll(async () => {
  const user = { id: "218471", name: "Ada Lovelace", firstName: "Ada", lastName: "Lovelace" };
  emulator = await startFacebook({
    requireAppSecretProof: true,
    users: [{ ...user, pages: PAGES }],
  });
  const { clientId, clientSecret, endpoints } = emulator;
  client = new FacebookClient({
    clientId,
    clientSecret,
    endpoints,
    redirectUri: "http://127.0.0.1:8080/callback",
    appSecretProof: true,
    retries: false,
  });
  token = await signIn(["public_profile", "pages_show_list"]);
});
beforeEach(() => emulator.clearRequests());
afterAll(() => emulator.close());

async function signIn(scope: string[]): Promise<Token> {
  const request = await client.authorizationRequest({ scope });
  return client.fetchToken(await emulator.authorize(request.url), request);
}

async function listed(options?: FacebookPagesOptions): Promise<FacebookPage[]> {
  const pages = [];
  for await (const page of facebookPages(client.session(token), options)) pages.push(page);
  return pages;
}

it("lists all pages, through the cursors of several lists", async () => {
  const pages = await listed({ limit: 2 });
  expect(pages.map(({ id, name, tasks }) => ({ id, name, tasks }))).toEqual(PAGES);
  expect(emulator.requests).toHaveLength(3);
  // The address that Facebook gives for the next list has the token in it.
  for (const { url } of emulator.requests) expect(url).not.toContain(token.accessToken);
});

it("asks for the next list only when it is needed", async () => {
  const pages = facebookPages(client.session(token), { limit: 2 });
  for await (const { id } of pages) if (id === PAGES[1]?.id) break;
  expect(emulator.requests).toHaveLength(1);
});

it("gives each page its token, which works and is not shown", async () => {
  const [page] = await listed({ fields: ["category"] });
  const pageToken = page?.token as Token;
  const { data } = await client.session(pageToken).get<{ id: string }>("/me");
  expect(data.id).toBe(page?.id);
  expect(pageToken.expiresAt).toBeUndefined();
  expect(page?.raw).toMatchObject({ category: "Community" });
  expect(inspect(page, { depth: 9 })).not.toContain(pageToken.accessToken);
});

it("is empty without the permission", async () => {
  await client.session(token).delete("/me/permissions");
  token = await signIn(["public_profile"]);
  expect(await listed()).toEqual([]);
  await client.session(token).delete("/me/permissions");
  await expect(listed()).rejects.toMatchObject({ details: { reason: "revoked" } });
  token = await signIn(["public_profile", "pages_show_list"]);
});

it("has no token where Facebook sends none, and leaves out what is undocumented", async () => {
  const data = [{ id: 12, name: 7, tasks: ["MANAGE", 7] }];
  emulator.failNext({ path: "/me/accounts", status: 200, body: { data, paging: "x" } });
  expect(await listed()).toEqual([
    { id: "12", name: "7", tasks: ["MANAGE"], token: undefined, raw: expect.anything() },
  ]);
});

it.each([{}, { data: {} }, { data: [{}] }, { data: [null] }, "<html>"])(
  "throws for the answer %j",
  async (body) => {
    emulator.failNext({ path: "/me/accounts", status: 200, body });
    await expect(listed()).rejects.toMatchObject({ code: "API_REQUEST_FAILED" });
  },
);

it("does not follow a cursor that leads to itself", async () => {
  const paging = { next: "https://graph.facebook.com/x", cursors: { after: "QQ" } };
  const answer = { path: "/me/accounts", status: 200, body: { data: [], paging } };
  emulator.failNext(answer);
  emulator.failNext(answer);
  await expect(listed()).rejects.toMatchObject({ code: "API_REQUEST_FAILED" });
  expect(emulator.requests).toHaveLength(2);
});

it("does not follow cursors that lead in a circle", async () => {
  for (const after of ["QQ", "Qg", "QQ"]) {
    const paging = { next: "https://graph.facebook.com/x", cursors: { after } };
    emulator.failNext({ path: "/me/accounts", status: 200, body: { data: [], paging } });
  }
  await expect(listed()).rejects.toMatchObject({ code: "API_REQUEST_FAILED" });
  expect(emulator.requests).toHaveLength(3);
});

it("ends when it is aborted", async () => {
  const signal = AbortSignal.abort();
  await expect(listed({ signal })).rejects.toMatchObject({ code: "ABORTED" });
  expect(emulator.requests).toEqual([]);
});
