import { apiCall } from "./api-call.ts";
import { authorizationCode } from "./authorization-code.ts";
import type { Flow } from "./flow.ts";

/** Every flow, in the order of the page. */
export const FLOWS: readonly Flow[] = [authorizationCode, apiCall];
