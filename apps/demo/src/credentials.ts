/** The values of two variables, for example `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET`; both or neither. */
export function credentials(
  environment: Readonly<Record<string, string | undefined>>,
  id: string,
  secret: string,
): { clientId: string; clientSecret: string } | undefined {
  const clientId = environment[id];
  const clientSecret = environment[secret];
  if (!clientId && !clientSecret) return undefined;
  if (!clientId || !clientSecret) {
    throw new Error(
      `Set both ${id} and ${secret} for the real provider, or neither for the emulator.`,
    );
  }
  return { clientId, clientSecret };
}
