import type { StoredToken } from "./rotating-provider.ts";

/** A user who has signed in to an app of several processes. */
export interface SignIn {
  /** Where the provider is, for example `http://127.0.0.1:41234`. */
  readonly origin: string;
  readonly stored: StoredToken;
  /** Milliseconds since the epoch: what the app believes. */
  readonly expiresAt: number;
  /** An empty folder for this sign-in alone. */
  readonly folder: string;
  /** Where the databases are, by name. */
  readonly servers: Readonly<Record<string, string>>;
}

/** What one of the app's processes has of a library. */
export interface SharedApp {
  /** Handles one request of the user, as the library's documentation says; whether the API answered it. */
  readonly call: () => Promise<boolean>;
  close(): Promise<unknown>;
}

/** How an app of several processes keeps and refreshes a token with one library. */
export interface SharedWay {
  /** The name in {@link SignIn.servers} of the database that it needs. */
  readonly server?: string;
  /** Whether it refreshes a token because the API refused it. */
  readonly heeds401: boolean;
  /** Stores the token. Returns what the processes need to find it. */
  signIn(signIn: SignIn): Promise<string>;
  /** Opens the app in one process. */
  open(signIn: SignIn, found: string): Promise<SharedApp>;
}

/** The client that the provider knows. */
export const CLIENT = { clientId: "benchmarks", clientSecret: "benchmarks-secret" };

/** Calls the API; whether it answered. */
export async function isAnswered(answer: Promise<Response>): Promise<boolean> {
  const response = await answer;
  await response.arrayBuffer();
  return response.status === 200;
}
