import { describe, expect, it } from "@jest/globals";
import { entra } from "../src/entra.ts";
import { claims, entraFacts, TENANT } from "./mock/entra.ts";
import type { TokenRequest } from "./mock/server/facts.ts";
import { MockProvider } from "./mock/server/mock-provider.ts";
import { clientFor, placesOf, signIn } from "./support/mock-client.ts";

describe.each(["common", TENANT])("for the tenant %s", (tenant) => {
  it("signs in, calls the API, refreshes, gives a profile and disconnects", async () => {
    const mock = await MockProvider.start(entraFacts(tenant));
    const client = clientFor(mock, entra(tenant));
    const session = client.session(await signIn(mock, client));
    expect(session.token.claims).toMatchObject({
      iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
      tid: TENANT,
    });
    mock.time += 3_600_000;
    const { data } = await session.get("/me");
    expect(data).toMatchObject({ displayName: "Ada Lovelace" });
    await expect(session.profile()).resolves.toMatchObject({
      id: session.token.claims?.sub,
      name: "Ada Lovelace",
      email: "ada@contoso.example",
      emailVerified: undefined,
    });
    // The API request refreshed the token, which had expired.
    expect(placesOf(mock).filter((place) => place.endsWith("/token"))).toHaveLength(2);
    await session.revoke();
    expect(session.authorized).toBe(false);
  });
});

it("refuses the ID token of another tenant", async () => {
  const other = "99999999-2222-3333-4444-555555555555";
  const differences = {
    // `tid` stays the user's.
    claims: (request: TokenRequest) => claims(request, other),
    keyMembers: { issuer: `https://login.microsoftonline.com/${other}/v2.0` },
  };
  for (const tenant of ["common", TENANT]) {
    const mock = await MockProvider.start(entraFacts(tenant, differences));
    await expect(signIn(mock, clientFor(mock, entra(tenant)))).rejects.toMatchObject({
      code: "ID_TOKEN_INVALID",
      details: { claim: "iss" },
    });
  }
});
