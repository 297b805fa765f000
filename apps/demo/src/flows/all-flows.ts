import { apiCall } from "./api-call.ts";
import { authorizationCode } from "./authorization-code.ts";
import { clientCredentials } from "./client-credentials.ts";
import { device } from "./device.ts";
import type { Flow } from "./flow.ts";
import { implicit } from "./implicit.ts";
import { introspection } from "./introspection.ts";
import { jwtBearer } from "./jwt-bearer.ts";
import { logout } from "./logout.ts";
import { password } from "./password.ts";
import { refresh } from "./refresh.ts";
import { revocation } from "./revocation.ts";
import { serviceAccount } from "./service-account.ts";
import { tokenExchange } from "./token-exchange.ts";
import { userInfo } from "./user-info.ts";
import { verifyJwt } from "./verify-jwt.ts";

/** Every flow, in the order of the page. */
export const FLOWS: readonly Flow[] = [
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
  userInfo,
  revocation,
  logout,
  introspection,
  verifyJwt,
];
