import type { EmulatorContext } from "../server/request-log.ts";
import type { AccessToken } from "./access-tokens.ts";
import { issueAccessToken } from "./issue-tokens.ts";
import { OAuthProblem, parametersAbsent, parametersRejected } from "./oauth-problem.ts";
import { permissions } from "./permissions.ts";
import { plainParameter } from "./received-parameters.ts";
import type { ReceivedParameters } from "./received-parameters.ts";
import { sameText } from "./signature-methods.ts";
import { verifySignedRequest } from "./signed-request.ts";
import type { OAuth1World } from "./world.ts";

/**
 * Exchanges a user's password for an access token (xAuth).
 *
 * @see https://web.archive.org/web/2011/http://dev.twitter.com/docs/oauth/xauth
 */
export async function exchangePassword(
  world: OAuth1World,
  c: EmulatorContext,
  received: ReceivedParameters,
): Promise<AccessToken> {
  const { consumer } = await verifySignedRequest(world, c, received, {
    parameters: [],
    findToken: () => undefined,
  });
  const given = (name: string): string => plainParameter(received, name) ?? "";
  const absent = ["x_auth_username", "x_auth_password"].filter((name) => given(name) === "");
  if (absent.length > 0) throw parametersAbsent(absent);
  if (given("x_auth_mode") !== "client_auth") {
    throw parametersRejected(["x_auth_mode"], "The x_auth_mode is client_auth.");
  }
  if (!world.switches.xAuth) {
    throw new OAuthProblem(401, "permission_denied", "The consumer may not use xAuth.");
  }
  const user = world.users.find(({ screenName, email }) =>
    [screenName, email].includes(given("x_auth_username")),
  );
  if (user === undefined || !sameText(given("x_auth_password"), user.password ?? "")) {
    throw new OAuthProblem(401, "permission_denied", "User name or password is wrong.");
  }
  return issueAccessToken(world, consumer, user, permissions);
}
