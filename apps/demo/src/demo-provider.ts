/** What the pages show of a provider of either protocol. */
export interface ProviderCard {
  /** The name in URLs. */
  readonly name: string;
  readonly title: string;
  /** One or two letters in place of a logo. */
  readonly mark: string;
  /** One line on what there is to see. */
  readonly teaser: string;
  /** What an account without an e-mail address shows instead. */
  readonly noEmail: string;
  /** The emulator's origin; undefined for the real provider. */
  readonly emulator: string | undefined;
}
