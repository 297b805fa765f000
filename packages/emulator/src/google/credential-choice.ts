/** The person and the request behind a credential of Sign in with Google or One Tap. */
export interface GoogleCredentialChoice {
  /**
   * Id, e-mail address or name of the user.
   *
   * @defaultValue the first user
   */
  readonly user?: string;
  /**
   * Value of the attribute `data-nonce`.
   *
   * @defaultValue none
   */
  readonly nonce?: string;
  /**
   * The `azp` claim: the client that asked for the credential. It is another client id for Android and iOS apps.
   *
   * @defaultValue the emulator's `clientId`
   */
  readonly authorizedParty?: string;
}

/** How a credential is posted to the application. */
export interface GoogleCredentialPost extends GoogleCredentialChoice {
  /**
   * The cookie `g_csrf_token`, and the form field of this name: equal, different, or only one of them.
   *
   * @defaultValue "matching"
   */
  readonly csrf?: "matching" | "different" | "no-cookie" | "no-field";
  /**
   * Value of the attribute `data-state`.
   *
   * @defaultValue none
   */
  readonly state?: string;
  /**
   * How the user chose the account, for instance `btn` or `user`.
   *
   * @defaultValue "btn"
   */
  readonly selectBy?: string;
}

/** The request behind a popup's code. */
export interface GooglePopupChoice {
  /**
   * Id, e-mail address or name of the user.
   *
   * @defaultValue the first user
   */
  readonly user?: string;
  /** The requested scopes, separated by spaces. */
  readonly scope: string;
}
