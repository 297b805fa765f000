/** A custom failure for the next matching request. */
export interface CustomFailure {
  /**
   * The end of the path of matching requests, for instance `/token`.
   *
   * @defaultValue any path, except those of pictures and the consent form
   */
  readonly path?: string;
  /**
   * `"respond"` sends `status`, `headers` and `body`; `"disconnect"` closes the connection without a response; `"hang"`
   * never responds; `"slow"` responds as usual, `delay` milliseconds later.
   *
   * @defaultValue `"respond"`
   */
  readonly kind?: "respond" | "disconnect" | "hang" | "slow";
  /**
   * HTTP status of the response.
   *
   * @defaultValue 500
   */
  readonly status?: number;
  /**
   * Headers of the response.
   *
   * @defaultValue none
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Body of the response: a string is sent as it is, any other value as JSON.
   *
   * @defaultValue an empty body
   */
  readonly body?: unknown;
  /**
   * Delay of a `"slow"` response in milliseconds.
   *
   * @defaultValue 1000
   */
  readonly delay?: number;
}
