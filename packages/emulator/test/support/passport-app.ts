import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import passport from "passport";

/** What a strategy hands to the app about a user. */
interface SignedIn<Profile> {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** The rest of the token response. */
  readonly parameters: Record<string, unknown>;
  readonly profile: Profile;
}

/** The function that a strategy calls with a user. Not all types of strategies know that it may take the token response. */
export type Verify = (...values: any[]) => void;

/** How a sign-in ended. */
interface Outcome<Profile> {
  readonly error?: unknown;
  readonly user?: SignedIn<Profile>;
  /** Why a strategy did not accept the callback, for example because the user declined. */
  readonly info?: unknown;
}

/** Options of `passport.authenticate()`, those of the strategies too. */
type AuthenticateOptions = Readonly<Record<string, unknown>>;

/** An app that signs users in with a strategy of passport. */
export interface PassportApp<Profile> {
  /** Opens the route that begins a sign-in, and resolves to where it redirects. */
  begin(options?: AuthenticateOptions): Promise<string>;
  /** Opens the callback, and resolves to what the strategy makes of it. */
  end(callback: string): Promise<Outcome<Profile>>;
  close(): Promise<void>;
}

/** Starts an app with the two routes of the strategies' READMEs; `make` makes the strategy for the callback's URL. */
export async function passportApp<Profile>(
  make: (callbackURL: string, verify: Verify) => passport.Strategy,
): Promise<PassportApp<Profile>> {
  const authenticator = new passport.Passport();
  let options: AuthenticateOptions = {};
  let outcome: Outcome<Profile> = {};
  const session = {};
  const server = createServer((request, response) => {
    // What Express and express-session add to requests.
    const query = Object.fromEntries(new URL(request.url ?? "", "http://localhost").searchParams);
    Object.assign(request, { query, session });
    const conclude = (error: unknown, user: SignedIn<Profile> | false, info: unknown): void => {
      outcome = { error: error ?? undefined, user: user || undefined, info } as Outcome<Profile>;
      response.end();
    };
    const handle = authenticator.authenticate("judge", options, conclude) as Handler;
    handle(request, response, conclude);
  });
  const origin = await listening(server);
  // A strategy passes the token response to a function of five parameters.
  const verify: Verify = (
    accessToken: string,
    refreshToken: string | undefined,
    parameters: Record<string, unknown>,
    profile: Profile,
    done: (error: unknown, user: SignedIn<Profile>) => void,
  ) => done(null, { accessToken, refreshToken, parameters, profile });
  authenticator.use("judge", make(`${origin}/callback`, verify));
  return {
    async begin(chosen = {}) {
      options = chosen;
      const { headers } = await fetch(`${origin}/`, { redirect: "manual" });
      return headers.get("location") ?? "";
    },
    async end(callback) {
      outcome = {};
      await fetch(callback);
      return outcome;
    },
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error: unknown, user: false, info: unknown) => void,
) => void;

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
