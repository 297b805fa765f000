/** One HTTP request as the emulator received it, for assertions in tests. */
export interface RecordedRequest {
  /** HTTP method in capitals. */
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Path and query exactly as they were received. */
  readonly url: string;
  /** Query parameters, decoded; the first value of each name. */
  readonly query: Readonly<Record<string, string>>;
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fields of a form or JSON object body, decoded; empty for anything else. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The body as text, exactly as it was received. */
  readonly rawBody: string;
  /** HTTP status of the answer; 0 while there is none. */
  readonly status: number;
  /**
   * OAuth 1.0a: the signature base string that the emulator computed, when the signature did not fit. A password in it
   * (xAuth) is replaced by `[hidden]`.
   */
  readonly signatureBaseString?: string;
}
