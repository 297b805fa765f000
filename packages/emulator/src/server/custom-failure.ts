/** A failure of your own making, for the next request that it applies to. */
export interface CustomFailure {
  /**
   * Only requests whose path ends so, for instance `/token`.
   *
   * @defaultValue any request, except for pictures and the consent form
   */
  readonly path?: string;
  /**
   * `"respond"` answers with `status`, `headers` and `body`; `"disconnect"` closes the connection without an answer;
   * `"hang"` never answers; `"slow"` answers as ever, but `delay` milliseconds later.
   *
   * @defaultValue `"respond"`
   */
  readonly kind?: "respond" | "disconnect" | "hang" | "slow";
  /**
   * HTTP status of the answer.
   *
   * @defaultValue 500
   */
  readonly status?: number;
  /**
   * Headers of the answer.
   *
   * @defaultValue none
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Body of the answer: a string as it is, anything else as JSON.
   *
   * @defaultValue an empty body
   */
  readonly body?: unknown;
  /**
   * Milliseconds that a `"slow"` answer takes.
   *
   * @defaultValue 1000
   */
  readonly delay?: number;
}
