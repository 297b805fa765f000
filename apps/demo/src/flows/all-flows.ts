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
import { clientCredentials } from "./client-credentials.ts";
import { device } from "./device.ts";
import type { AnyFlow } from "./flow.ts";
import { implicit } from "./implicit.ts";
import { introspection } from "./introspection.ts";
import { jwtBearer } from "./jwt-bearer.ts";
import { logout } from "./logout.ts";
import { password } from "./password.ts";
import { refresh } from "./refresh.ts";
import { revocation } from "./revocation.ts";
import { serviceAccount } from "./service-account.ts";
import { tokenExchange } from "./token-exchange.ts";
import { tokenPlacement } from "./token-placement.ts";
import { userInfo } from "./user-info.ts";
import { verifyJwt } from "./verify-jwt.ts";

/** Every flow, in the order of the page. */
const FLOWS: readonly AnyFlow[] = [
  authorizationCode,
  device,
  clientCredentials,
  jwtBearer,
  serviceAccount,
  tokenExchange,
  password,
  implicit,
  apiCall,
  refresh,
  tokenPlacement,
  expire,
  manyRequests,
  twoTabs,
  twoProcesses,
  endSession,
  userInfo,
  revocation,
  logout,
  introspection,
  verifyJwt,
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
