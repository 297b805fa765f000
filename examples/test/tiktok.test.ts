import { describe, expect, it } from "@jest/globals";
import { tiktok } from "../src/tiktok.ts";
import { MockProvider } from "./mock/server/mock-provider.ts";
import { tiktokFacts } from "./mock/tiktok.ts";
import { clientFor, placesOf, signIn } from "./support/mock-client.ts";

describe.each(["web", "desktop"] as const)("for %s apps", (kind) => {
  it("signs in, calls the API, refreshes, gives a profile and disconnects", async () => {
    const mock = await MockProvider.start(tiktokFacts[kind]);
    const client = clientFor(mock, tiktok(kind));
    const session = client.session(await signIn(mock, client));
    expect(mock.calls[0]?.fields["code_challenge"] !== undefined).toBe(kind === "desktop");
    const { refreshToken } = session.token;
    mock.time += 86_400_000;
    const { data } = await session.get("/user/info/?fields=display_name");
    expect(data).toMatchObject({ data: { user: { display_name: "Ada" } } });
    expect(session.token.refreshToken).not.toBe(refreshToken);
    await expect(session.profile()).resolves.toMatchObject({
      id: "723f24d7-e717-40f8-a2b6-cb8464cd23b4",
      name: "Ada",
    });
    const { accessToken } = session.token;
    await session.revoke();
    expect(placesOf(mock)).toContain("POST https://open.tiktokapis.com/v2/oauth/revoke/");
    await expect(client.profile({ accessToken })).rejects.toMatchObject({
      code: "TOKEN_REJECTED",
    });
  });
});
