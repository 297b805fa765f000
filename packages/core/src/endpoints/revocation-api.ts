/** A request of a provider's `revoke` function. */
export interface RevocationRequest {
  /** The method. */
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** An absolute URL, or a path of the API. */
  readonly url: string;
  /** The body as JSON. */
  readonly json?: object | null;
  /** The body as a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** Tells which error responses mean that there is no such token any longer: the goal is reached. */
  readonly isGone?: (answer: RevocationAnswer) => boolean;
}

/** A request that authenticates the client. */
export interface ClientRevocationRequest extends RevocationRequest {
  /**
   * Where the client's ID and secret go: HTTP Basic, or fields of the body by these names. Both are form-encoded in HTTP Basic
   * if `clientAuthentication` is `"basic"` (RFC 6749 §2.3.1).
   *
   * @defaultValue fields of the body for a definition with `clientParameters`, by those names; else `"basic"`
   */
  readonly credentials?: "basic" | { readonly id: string; readonly secret: string };
}

/** An error response to a request of a provider's `revoke` function. */
export interface RevocationAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** The parsed JSON, or the text. */
  readonly body: unknown;
}

/** Sends the requests of a provider's `revoke` function. Their error responses are thrown, without secrets. */
export interface RevocationApi {
  /** The client's ID. */
  readonly clientId: string;
  /**
   * Sends a request with the user's token, to the API's origins only. A token that has expired or is refused is refreshed
   * first. One that cannot be has ended: that is no error (RFC 7009 §2.2).
   *
   * @returns The parsed body; undefined for a token that had ended.
   */
  withToken(request: RevocationRequest): Promise<unknown>;
  /**
   * Sends a request with the client's credentials, to the origins of `api.baseUrl` and of the token endpoint only. The
   * function never sees the secret.
   *
   * @returns The parsed body.
   */
  withClient(request: ClientRevocationRequest): Promise<unknown>;
}
