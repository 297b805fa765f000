import { atproto } from "./shared-atproto.ts";
import { betterAuthWay } from "./shared-better-auth.ts";
import { byHand } from "./shared-by-hand.ts";
import { mcp } from "./shared-mcp.ts";
import { stored } from "./shared-stored.ts";
import type { SharedWay } from "./shared-way.ts";
import { STORES } from "./stores.ts";

/** Grantkit with each store that processes can share, by name. */
export const OURS: Readonly<Record<string, SharedWay>> = Object.fromEntries(
  STORES.filter(({ isShared }) => isShared).map((kind) => [kind.name, stored(kind)]),
);

/** The name of {@link atproto}. */
export const ATPROTO = "@atproto/oauth-client-node, requestLock";

/** What people use today, by name. */
export const PEERS: Readonly<Record<string, SharedWay>> = {
  [ATPROTO]: atproto,
  "better-auth getAccessToken()": betterAuthWay,
  "MCP SDK auth()": mcp,
  "Auth.js-like callback": byHand,
};
