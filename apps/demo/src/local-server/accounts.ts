/** A user of the local server. */
interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** For the password grant alone: the sign-in page asks for none. */
  readonly password: string;
}

export const ACCOUNTS: readonly [Account, ...Account[]] = [
  { id: "ada", name: "Ada Lovelace", email: "ada@example.com", password: "analytical-engine" },
  { id: "grace", name: "Grace Hopper", email: "grace@example.com", password: "moth-in-relay" },
];

/** Finds a user for oidc-provider. */
export function findAccount(_context: unknown, id: string): object | undefined {
  const account = ACCOUNTS.find((each) => each.id === id);
  if (!account) return undefined;
  const { name, email } = account;
  return { accountId: id, claims: () => ({ sub: id, name, email, email_verified: true }) };
}
