import type { EmulatorContext } from "../server/request-log.ts";
import type { AccessToken } from "./access-tokens.ts";
import type { ReceivedParameters } from "./received-parameters.ts";
import type { SignedRequest } from "./signed-request.ts";

/** A call of the API, with the token that it was made with. */
export interface ApiCall extends SignedRequest<AccessToken> {
  readonly c: EmulatorContext;
  readonly received: ReceivedParameters;
}

/** Makes a route of what answers a call whose signature and token are right. */
export type ApiRoutes = (
  answer: (call: ApiCall) => Response | Promise<Response>,
  options?: { readonly needsToken: boolean },
) => (c: EmulatorContext) => Promise<Response>;
