import type { WireParameters } from "../server/parameters.ts";

/** An authorization request that Google would show a consent page for. */
export interface GoogleAuthorizationRequest {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly prompt: readonly string[];
  /** The request as it came. */
  readonly parameters: WireParameters;
}
