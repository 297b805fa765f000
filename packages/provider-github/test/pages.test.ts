import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { GitHubEmulator } from "@grantkit/emulator";
import type { GitHubClient } from "@grantkit/provider-github";
import { signIn, startedGitHub } from "./support.ts";

let emulator: GitHubEmulator;
let client: GitHubClient;

beforeAll(async () => {
  ({ emulator, client } = await startedGitHub());
});
afterAll(() => emulator.close());

it("reads all repositories of a user page by page", async () => {
  const session = client.session(await signIn(client, emulator, { scope: ["repo"] }));
  const all = (await session.get<{ id: number }[]>("/user/repos?per_page=100")).data;
  expect(all.length).toBeGreaterThan(1);
  emulator.clearRequests();
  const ids: number[] = [];
  for await (const { data } of session.pages<{ id: number }[]>("/user/repos", {
    params: { per_page: 1 },
  })) {
    expect(data).toHaveLength(1);
    ids.push(...data.map(({ id }) => id));
  }
  expect(ids).toEqual(all.map(({ id }) => id));
  expect(emulator.requests).toHaveLength(all.length);
});
