/** How a webhook is delivered. */
export interface GitHubDelivery {
  /**
   * The signature headers: valid, wrong, absent, only the older one (`X-Hub-Signature`), or those of another body.
   *
   * @defaultValue "valid"
   */
  readonly signature?: "valid" | "wrong" | "absent" | "sha1-only" | "of-another-body";
  /**
   * JSON, or a form with the field `payload`.
   *
   * @defaultValue "json"
   */
  readonly contentType?: "json" | "form";
  /**
   * The secret that signs.
   *
   * @defaultValue the emulator's `webhookSecret`
   */
  readonly secret?: string;
  /**
   * Id of the delivery. A repeated delivery has the same one.
   *
   * @defaultValue a new UUID
   */
  readonly delivery?: string;
}
