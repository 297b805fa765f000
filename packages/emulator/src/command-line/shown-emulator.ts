/** The part of a running emulator that the command line shows. */
export interface ShownEmulator {
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly endpoints: { readonly authorization: string };
  readonly users: readonly object[];
  close(): Promise<void>;
}
