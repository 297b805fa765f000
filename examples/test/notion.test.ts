import { expect, it } from "@jest/globals";
import { notion } from "../src/notion.ts";
import { notionFacts } from "./mock/notion.ts";
import { MockProvider } from "./mock/server/mock-provider.ts";
import { clientFor, placesOf, signIn } from "./support/mock-client.ts";

const mock = await MockProvider.startForFile(notionFacts);
const client = clientFor(mock, notion);

it("signs in, calls the API, refreshes, gives a profile and disconnects", async () => {
  const session = client.session(await signIn(mock, client));
  const { accessToken, refreshToken } = session.token;
  const { data } = await session.post("/search", { query: "plans" });
  expect(data).toEqual({ object: "list", results: [] });
  await session.refresh();
  expect(session.token.accessToken).not.toBe(accessToken);
  expect(session.token.refreshToken).not.toBe(refreshToken);
  const before = mock.calls.length;
  await expect(session.profile()).resolves.toMatchObject({
    id: "d40e767c-d7af-4b18-a86d-55c61f1e39a4",
    name: "Ada Lovelace",
    email: "ada@example.com",
  });
  // The token response describes the user.
  expect(mock.calls).toHaveLength(before);
  const other = clientFor(mock, notion).session(session.token);
  await session.revoke();
  expect(placesOf(mock).at(-1)).toBe("POST https://api.notion.com/v1/oauth/revoke");
  await expect(other.post("/search", {})).rejects.toThrow();
});
