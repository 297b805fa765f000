import { oauth1ApiCall, oauth1TwoLegged } from "../oauth1/api-call.ts";
import { oauth1Pin } from "../oauth1/pin.ts";
import { oauth1Renewal } from "../oauth1/renewal.ts";
import { oauth1SignIn } from "../oauth1/sign-in.ts";
import { oauth1Verification } from "../oauth1/verification.ts";
import { oauth1XAuth } from "../oauth1/xauth.ts";
import type { AnyTarget } from "../targets/target.ts";
import { endSession } from "../token-life/end-session.ts";
import { expire } from "../token-life/expire.ts";
import { manyRequests } from "../token-life/many-requests.ts";
import { twoTabs } from "../token-life/two-tabs.ts";
import { twoProcesses } from "../token-life/two-processes.ts";
import { apiCall } from "./api-call.ts";
import { authorizationCode } from "./authorization-code.ts";
import type { AnyFlow } from "./flow.ts";
import { tokenPlacement } from "./token-placement.ts";

/** Every flow, in the order of the page. */
export const FLOWS: readonly AnyFlow[] = [
  authorizationCode,
  apiCall,
  tokenPlacement,
  expire,
  manyRequests,
  twoTabs,
  twoProcesses,
  endSession,
  oauth1SignIn,
  oauth1Pin,
  oauth1XAuth,
  oauth1ApiCall,
  oauth1TwoLegged,
  oauth1Renewal,
  oauth1Verification,
];

/** The flows of a target's protocol. */
export function flowsOf({ protocol }: AnyTarget): readonly AnyFlow[] {
  return FLOWS.filter((flow) => flow.protocol === protocol);
}
