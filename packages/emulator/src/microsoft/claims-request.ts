/** What the `claims` parameter asks of an access token. */
export interface ClaimsRequest {
  /** Whether the client says that it handles claims challenges (`xms_cc` with `cp1`). */
  readonly isCapable: boolean;
  /** The `nbf` of the claims challenge that the request answers; 0 if there is none. */
  readonly notBefore: number;
}

/** The request of a client without the parameter. */
export const NO_CLAIMS: ClaimsRequest = { isCapable: false, notBefore: 0 };

interface RequestedClaims {
  readonly access_token?: {
    readonly xms_cc?: { readonly values?: readonly unknown[] };
    readonly nbf?: { readonly value?: unknown };
  };
}

/**
 * Reads the `claims` parameter.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge#how-to-communicate-client-capabilities-to-microsoft-entra-id
 */
export function readClaims(text: string | undefined): ClaimsRequest {
  if (text === undefined) return NO_CLAIMS;
  try {
    const { access_token: claims } = JSON.parse(text) as RequestedClaims;
    return {
      isCapable: claims?.xms_cc?.values?.includes("cp1") === true,
      notBefore: Number(claims?.nbf?.value ?? 0),
    };
  } catch {
    return NO_CLAIMS;
  }
}

/** Combines the requests of a sign-in and of a token. */
export function bothClaims(one: ClaimsRequest, other: ClaimsRequest): ClaimsRequest {
  return {
    isCapable: one.isCapable || other.isCapable,
    notBefore: Math.max(one.notBefore, other.notBefore),
  };
}
