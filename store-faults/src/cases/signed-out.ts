import type { AppProcess } from "../processes/app-process.ts";
import { startCertified } from "../providers/certified.ts";
import { expired, type RotatingProvider } from "../providers/rotating-provider.ts";
import { allOver, expectEqual, type FaultCase, type FaultParts, put } from "./fault-parts.ts";

/** A sign-out while another process refreshes. */
interface SignOut {
  readonly how: "revoke" | "delete";
  readonly during: "the request" | "the save";
}

const SIGN_OUTS: readonly SignOut[] = [
  { how: "revoke", during: "the request" },
  { how: "revoke", during: "the save" },
  { how: "delete", during: "the request" },
  { how: "delete", during: "the save" },
];

export const signedOut: FaultCase = async (parts) => {
  const provider = await parts.running(startCertified());
  const [refreshing, other] = (await parts.processes.startAll(2)) as [AppProcess, AppProcess];
  await allOver(
    SIGN_OUTS.map((signOut) => signOutDuring(parts, provider, [refreshing, other], signOut)),
  );
  return { "signed out": SIGN_OUTS.length };
};

async function signOutDuring(
  parts: FaultParts,
  provider: RotatingProvider,
  [refreshing, other]: readonly [AppProcess, AppProcess],
  { how, during }: SignOut,
): Promise<void> {
  const { store } = parts;
  const { client, gate } = provider;
  const key = parts.key(`${how} during ${during}`);
  const token = expired(await provider.signIn());
  await put(store, key, token);
  const held = during === "the request" ? gate.hold(token.refreshToken, "answer") : undefined;
  const stop = held ? undefined : "before the save";
  const call = refreshing.run({ name: "call", client, key, stop });
  await (held ? held.reached : refreshing.stopped(key));
  await other.run({ name: "signOut", client, key, how });
  expectEqual(await store.get(key), undefined, "the record after the sign-out");
  if (held) held.release();
  else refreshing.go(key);
  const { code } = await call;
  expectEqual(code, "SESSION_ENDED", `how a refresh ends after ${how} during ${during}`);
  expectEqual(await store.get(key), undefined, "the record after the refresh");
  const [refresh] = gate.requestsWith(token.refreshToken);
  const statuses = await statusesOf(provider, refresh?.answer ?? "");
  expectEqual(statuses, [401, 400], `what the new token is worth after ${how} during ${during}`);
}

/** What the provider answers to an access token, and to its refresh token. */
async function statusesOf({ client }: RotatingProvider, answer: string): Promise<number[]> {
  const { access_token: accessToken, refresh_token: refreshToken } = JSON.parse(answer) as Readonly<
    Record<string, string>
  >;
  const { userInfo = "", token = "" } = client.endpoints;
  const api = await fetch(userInfo, { headers: { authorization: `Bearer ${accessToken}` } });
  const body = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: refreshToken ?? "",
    client_id: client.clientId,
    client_secret: client.clientSecret,
  });
  const refresh = await fetch(token, { method: "POST", body });
  return [api.status, refresh.status];
}
