/** The content of a signed request, and its flaw. */
export interface FacebookSignedRequest {
  /**
   * Id, e-mail address or name of the user.
   *
   * @defaultValue the first user
   */
  readonly user?: string;
  /**
   * Further fields of the payload, for instance `code` or `expires`.
   *
   * @defaultValue none
   */
  readonly payload?: Readonly<Record<string, unknown>>;
  /**
   * The flaw: a signature of another secret, a signed payload with another algorithm, without one or that is no JSON, or a
   * payload that was changed after it was signed.
   *
   * @defaultValue "none"
   */
  readonly flaw?:
    | "none"
    | "wrong-signature"
    | "wrong-algorithm"
    | "no-algorithm"
    | "not-json"
    | "tampered-payload";
  /**
   * Whether both parts end with `=`, as those of Facebook's PHP SDK do.
   *
   * @defaultValue false
   */
  readonly padded?: boolean;
}
