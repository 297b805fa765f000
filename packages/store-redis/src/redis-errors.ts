import { OAuthError } from "@grantkit/core";

/** What to do about an error of Redis, of its client or of the network, by a word in it; the first that fits counts. */
const ADVICE: Readonly<Record<string, string>> = {
  WRONGPASS: "It refuses the user name or the password: correct what the client was given.",
  NOAUTH: "It wants a password: give one to the client.",
  NOPERM:
    "The user of the client lacks a right: let it run the commands that the README of @grantkit/store-redis lists, on all keys with the store's prefix.",
  READONLY: "It is a replica, or has just become one: connect to the primary server.",
  MOVED: "It belongs to a cluster: pass the driver's cluster client.",
  CROSSSLOT:
    "Its proxy put the store's keys into several hash slots: pass the driver's cluster client.",
  CLUSTERDOWN: "The cluster is down, or does not serve all hash slots.",
  OOM: "Its memory is full (maxmemory): give it more.",
  MISCONF: "It cannot save to its disk, and refuses writes: free some space there.",
  NOREPLICAS: "It has fewer replicas than min-replicas-to-write.",
  LOADING: "It is loading its data: try again in some seconds.",
  WRONGTYPE: "Something else has the name of a record: give the store a prefix of its own.",
  "client is closed": "The client is not connected: call its connect() first, and do not close it.",
  "Connection is closed": "The client was closed, or could not connect.",
  ECONNREFUSED: "No server listens at the address of the client.",
  ENOTFOUND: "The server's name is unknown.",
};

/** How Redis 7.0 and later ones say that the user may not run a command of a script, or not use its keys. */
const SCRIPT_REFUSED = /The user executing the script can't|ACL failure in script/;

/** Failures that somebody has to mend: they are not retryable. */
const LASTING: ReadonlySet<string> = new Set([
  "WRONGPASS",
  "NOAUTH",
  "NOPERM",
  "MOVED",
  "WRONGTYPE",
]);

/** In how many parts a time limit is counted. */
const PARTS = 5;

/**
 * Asks Redis, for so many milliseconds: a client may wait for a lost connection for ever. A pause of this process counts as
 * one part of them, so that an answer that came meanwhile is read.
 *
 * @throws OAuthError with code `STORE_FAILED`; it shows nothing of the client's error, in which there may be tokens.
 */
export async function ask<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    let parts = 0;
    timer = setInterval(() => {
      parts += 1;
      if (parts < PARTS) return;
      const message = `Redis did not answer within ${timeoutMs} ms. Look whether the server runs and can be reached, then try again.`;
      reject(new OAuthError("STORE_FAILED", message, { retryable: true }));
    }, timeoutMs / PARTS);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    throw OAuthError.isInstance(error) ? error : failureOf(error);
  } finally {
    clearInterval(timer);
  }
}

/** Whether Redis does not allow or does not know a command. */
export function isRefusal(error: unknown): boolean {
  return /\b(?:ERR|NOPERM)\b/.test(textOf(error));
}

function failureOf(error: unknown): OAuthError {
  const text = textOf(error);
  const word = Object.keys(ADVICE).find((each) => text.includes(each));
  const reason = word === undefined ? "" : ` (${/^[A-Z]+$/.test(word) ? word : "no connection"})`;
  const advice =
    (word && ADVICE[word]) ?? "Look whether the server can be reached, then try again.";
  return new OAuthError("STORE_FAILED", `The token store in Redis failed${reason}. ${advice}`, {
    retryable: word === undefined || !LASTING.has(word),
  });
}

/** An error's words; without the command, which Upstash's client quotes. */
function textOf(error: unknown): string {
  const { code, message } = (error ?? {}) as {
    readonly code?: unknown;
    readonly message?: unknown;
  };
  return `${String(code)} ${String(message).split(", command was:")[0]}`.replace(
    SCRIPT_REFUSED,
    "NOPERM",
  );
}
