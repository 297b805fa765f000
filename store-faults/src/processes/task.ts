/** Where a process can stop in a call, as if it were killed or paused there. */
export type Stop = "before the lock" | "before the request" | "before the save" | "after the save";

/** How a process makes its client: for the emulated GitHub, or for oidc-provider. */
export interface ClientDescription {
  readonly provider: "github" | "certified";
  readonly clientId: string;
  readonly clientSecret: string;
  readonly endpoints: Readonly<Record<string, string>>;
  /** The path of an API request that any valid token may make. */
  readonly path: string;
}

/** What a process is asked to do with its store. */
export type Task =
  /** Opens a session and makes an API request. */
  | {
      readonly name: "call";
      readonly client: ClientDescription;
      readonly key: string;
      readonly stop?: Stop | undefined;
    }
  /** Makes many API requests, one after another. */
  | {
      readonly name: "request";
      readonly client: ClientDescription;
      readonly key: string;
      readonly times: number;
      readonly pause: number;
    }
  /** Signs out: revokes the session, or only deletes the record. */
  | {
      readonly name: "signOut";
      readonly client: ClientDescription;
      readonly key: string;
      readonly how: "revoke" | "delete";
    }
  /** Takes the lock so many times, and looks whether anybody else is in it; the clock jumps meanwhile. */
  | {
      readonly name: "enter";
      readonly key: string;
      readonly times: number;
      readonly room: string;
      readonly jumps: readonly number[];
    }
  /** Takes the lock with a clock that is wrong, and keeps it. */
  | {
      readonly name: "hold";
      readonly key: string;
      readonly holdMs: number;
      readonly jump: number;
    };

/** How a call ended. */
export interface Outcome {
  /** The HTTP status; undefined if the call failed. */
  readonly status?: number;
  /** The error's code; the text of an error without one. */
  readonly code?: string;
  readonly message?: string;
  /** The access token of the session afterwards. */
  readonly accessToken?: string;
  /** How long it took, in milliseconds. */
  readonly took: number;
}

/** What a process says. */
export type Message =
  { readonly answered: string } | { readonly ready: true } | { readonly stopped: string } | Answer;

/** What a task gave, or why it failed. */
export interface Answer {
  readonly done: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** What a process is told: a task, or a key whose call goes on. */
export type Order = { readonly id: number; readonly task: Task } | { readonly go: string };
