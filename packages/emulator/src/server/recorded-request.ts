/** An HTTP request that the emulator received, for assertions in tests. */
export interface RecordedRequest {
  /** HTTP method in upper case. */
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Path and query, exactly as received. */
  readonly url: string;
  /** Decoded query parameters, with the first value of each name. */
  readonly query: Readonly<Record<string, string>>;
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded fields of a form or JSON object body of up to 64 KiB; empty for any other body. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The first 64 KiB (65,536 UTF-16 code units) of the body as text, exactly as received. */
  readonly rawBody: string;
  /** HTTP status of the response; 0 until there is one. */
  readonly status: number;
  /**
   * OAuth 1.0a: the signature base string that the emulator computed, if the signature did not match. An xAuth password in
   * it is replaced by `[hidden]`.
   */
  readonly signatureBaseString?: string;
}
