import { expect, it } from "@jest/globals";
import { groupsOf, hasGroupOverage, isApiError, rolesOf } from "@grantkit/provider-microsoft";
import { polluted } from "../../core/test/support/prototype-traps.ts";
import { microsoftForEach } from "./support/client.ts";

const microsoft = microsoftForEach();

/** As Microsoft's reference has it; the host is that of an API which was retired. */
const OVERAGE = {
  _claim_names: { groups: "src1" },
  _claim_sources: {
    src1: { endpoint: "https://graph.windows.net/tenant/users/oid/getMemberObjects" },
  },
};
const MEMBER_OBJECTS = "/v1.0/me/getMemberObjects";

async function sessionWith(claims: Readonly<Record<string, unknown>>) {
  microsoft.server.claims = claims;
  const client = microsoft.clientOf();
  return client.session(await microsoft.signIn(client));
}

it("gives the roles of the ID token", async () => {
  const { token } = await sessionWith({ roles: ["Admin", 7, "Reader"] });
  expect(rolesOf(token)).toEqual(["Admin", "Reader"]);
  expect(rolesOf((await sessionWith({})).token)).toEqual([]);
});

it("gives the groups of the ID token, without a request", async () => {
  const session = await sessionWith({ groups: ["g-1", "g-2"] });
  const count = microsoft.server.requests.length;
  expect(hasGroupOverage(session.token)).toBe(false);
  await expect(groupsOf(session)).resolves.toEqual(["g-1", "g-2"]);
  expect(microsoft.server.requests).toHaveLength(count);
});

it("tells an app that does not ask for groups from a user in no group", async () => {
  await expect(groupsOf(await sessionWith({}))).resolves.toBeUndefined();
  await expect(groupsOf(await sessionWith({ groups: [] }))).resolves.toEqual([]);
});

it.each([[OVERAGE], [{ hasgroups: true }]])(
  "asks Microsoft Graph, and nobody else, where the ID token has too many groups: %j",
  async (claims) => {
    const session = await sessionWith(claims);
    microsoft.server.answers.set(MEMBER_OBJECTS, () => ({ body: { value: ["g-1", "g-201"] } }));
    expect(hasGroupOverage(session.token)).toBe(true);
    await expect(groupsOf(session, { securityEnabledOnly: true })).resolves.toEqual([
      "g-1",
      "g-201",
    ]);
    expect(microsoft.server.requests.at(-1)).toMatchObject({
      method: "POST",
      path: MEMBER_OBJECTS,
      body: '{"securityEnabledOnly":true}',
    });
  },
);

it("throws Microsoft Graph's error for a token without the scope", async () => {
  const session = await sessionWith(OVERAGE);
  const error = { code: "Authorization_RequestDenied", message: "Insufficient privileges" };
  microsoft.server.answers.set(MEMBER_OBJECTS, () => ({ status: 403, body: { error } }));
  const thrown: unknown = await groupsOf(session).catch((reason: unknown) => reason);
  expect(isApiError(thrown) && thrown.status).toBe(403);
});

it("takes neither roles nor groups from a polluted Object.prototype", async () => {
  const session = await sessionWith({});
  await polluted({ roles: ["Admin"], groups: ["g"], hasgroups: true }, async () => {
    expect(rolesOf(session.token)).toEqual([]);
    await expect(groupsOf(session)).resolves.toBeUndefined();
  });
});
