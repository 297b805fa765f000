import type { AccessToken } from "./access-tokens.ts";
import type { KnownConsumer } from "./consumers.ts";
import { newCredential } from "./credentials.ts";
import { permissions } from "./permissions.ts";
import type { OAuth1Permission } from "./permissions.ts";
import type { RequestToken } from "./request-tokens.ts";
import type { OAuth1User } from "./users.ts";
import type { OAuth1World } from "./world.ts";

/** A new request token, waiting for its user. */
export function issueRequestToken(
  world: OAuth1World,
  consumer: KnownConsumer,
  callback: string,
  asked: readonly OAuth1Permission[] = permissions,
): RequestToken {
  const issued: RequestToken = {
    token: newCredential(world, 27),
    secret: newCredential(world, 32),
    consumer,
    callback,
    permissions: asked,
    expiresAt: world.now() + world.switches.requestTokenLifetime * 1000,
    decision: { state: "waiting" },
  };
  world.requestTokens.set(issued.token, issued);
  return issued;
}

/** A new access token; when tokens are renewed, one that expires. */
export function issueAccessToken(
  world: OAuth1World,
  consumer: KnownConsumer,
  user: OAuth1User,
  granted: readonly OAuth1Permission[],
  sessionHandle?: string,
): AccessToken {
  const { renewal, accessTokenLifetime } = world.switches;
  const issued: AccessToken = {
    // Twitter's begin with the user's id.
    token: `${user.id}-${newCredential(world, 40)}`,
    secret: newCredential(world, 45),
    consumer,
    user,
    permissions: granted,
    sessionHandle: renewal ? (sessionHandle ?? newCredential(world, 40)) : undefined,
    expiresAt: renewal ? world.now() + accessTokenLifetime * 1000 : Infinity,
  };
  world.accessTokens.set(issued.token, issued);
  return issued;
}
