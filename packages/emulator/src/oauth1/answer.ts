import type { EmulatorContext } from "../server/request-log.ts";
import { OAuthProblem, problemReply } from "./oauth-problem.ts";
import { receivedParameters } from "./received-parameters.ts";
import type { ReceivedParameters } from "./received-parameters.ts";
import type { OAuth1World } from "./world.ts";

/** Makes the answer to a request whose parameters have been read. It may throw a problem. */
type SignedHandler = (
  c: EmulatorContext,
  received: ReceivedParameters,
) => Response | Promise<Response>;

/** A route that reads the parameters and tells problems as OAuth does. */
export function answering(
  { switches }: OAuth1World,
  handle: SignedHandler,
): (c: EmulatorContext) => Promise<Response> {
  return async (c) => {
    try {
      return await handle(c, await receivedParameters(c));
    } catch (error) {
      if (error instanceof OAuthProblem) return problemReply(error, switches.realm);
      throw error;
    }
  };
}
