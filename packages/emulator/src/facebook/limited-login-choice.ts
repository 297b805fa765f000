/** The person and the request behind a Limited Login token. */
export interface FacebookLimitedLogin {
  /**
   * Id, e-mail address or name of the user.
   *
   * @defaultValue the first user
   */
  readonly user?: string;
  /**
   * The nonce that the app sent.
   *
   * @defaultValue none
   */
  readonly nonce?: string;
}
