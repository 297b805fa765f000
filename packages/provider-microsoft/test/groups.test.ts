import { expect, it } from "@jest/globals";
import {
  groupsOf,
  hasGroupOverage,
  type IdTokenClaims,
  isApiError,
  rolesOf,
  Token,
} from "@grantkit/provider-microsoft";
import { polluted } from "../../core/test/support/prototype-traps.ts";
import { microsoftForEach } from "./support/client.ts";

const microsoft = microsoftForEach();

async function sessionOf(user: string) {
  const client = microsoft.clientOf();
  return client.session(await microsoft.signIn(client, undefined, { user }));
}

/** A session of a stored token, with claims that the emulator's users do not have. */
async function sessionWith(claims: Readonly<Record<string, unknown>>) {
  const client = microsoft.clientOf();
  const token = await microsoft.signIn(client);
  const all = { ...(token.claims as IdTokenClaims), roles: undefined, ...claims };
  return client.session(Token.from({ ...token.toJSON(), claims: all }));
}

it("gives the roles of the ID token", async () => {
  expect(rolesOf((await sessionOf("Ada Lovelace")).token)).toEqual(["Engineer"]);
  expect(rolesOf((await sessionOf("Mallory")).token)).toEqual([]);
  expect(rolesOf((await sessionWith({ roles: ["Admin", 7, "Reader"] })).token)).toEqual([
    "Admin",
    "Reader",
  ]);
});

it("gives the groups of the ID token, without a request", async () => {
  microsoft.server.configure({ groups: "claim" });
  const session = await sessionOf("Ada Lovelace");
  const count = microsoft.server.requests.length;
  expect(hasGroupOverage(session.token)).toBe(false);
  await expect(groupsOf(session)).resolves.toEqual(["33333333-cccc-4ccc-8ccc-333333333333"]);
  expect(microsoft.server.requests).toHaveLength(count);
});

it("tells an app that does not ask for groups from a user in no group", async () => {
  await expect(groupsOf(await sessionOf("Ada Lovelace"))).resolves.toBeUndefined();
  microsoft.server.configure({ groups: "claim" });
  await expect(groupsOf(await sessionOf("Grace Hopper"))).resolves.toEqual([]);
});

it("asks Microsoft Graph, and nobody else, where the ID token has too many groups", async () => {
  microsoft.server.configure({ groups: "claim" });
  const session = await sessionOf("Mallory");
  expect(hasGroupOverage(session.token)).toBe(true);
  await expect(groupsOf(session, { securityEnabledOnly: true })).resolves.toHaveLength(201);
  expect(microsoft.server.requests.at(-1)).toMatchObject({
    method: "POST",
    path: "/graph/v1.0/me/getMemberObjects",
    rawBody: '{"securityEnabledOnly":true}',
  });
});

it("knows the overage of the implicit grant, which has no reference", async () => {
  const session = await sessionWith({ hasgroups: true });
  expect(hasGroupOverage(session.token)).toBe(true);
  await expect(groupsOf(session)).resolves.toEqual(["33333333-cccc-4ccc-8ccc-333333333333"]);
});

it("throws Microsoft Graph's error for a token without the scope", async () => {
  microsoft.server.configure({ groups: "overage" });
  const client = microsoft.clientOf();
  const scope = ["openid", "profile", "Mail.Read"];
  const session = client.session(await microsoft.signIn(client, scope));
  const thrown: unknown = await groupsOf(session).catch((reason: unknown) => reason);
  expect(isApiError(thrown) && thrown.status).toBe(403);
});

it("takes neither roles nor groups from a polluted Object.prototype", async () => {
  const session = await sessionOf("Mallory");
  await polluted({ roles: ["Admin"], groups: ["g"], hasgroups: true }, async () => {
    expect(rolesOf(session.token)).toEqual([]);
    await expect(groupsOf(session)).resolves.toBeUndefined();
  });
});
