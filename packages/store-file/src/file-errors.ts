import { OAuthError } from "@grantkit/core";

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: "Give this user the right to read and write it.",
  EPERM: "Give this user the right to read and write it.",
  EROFS: "The file system is read-only: pass a directory on another one.",
  ENOSPC: "The disk is full: free some space.",
  EDQUOT: "The disk quota is used up: free some space.",
  EFBIG: "The limit of file sizes is too low: raise it (ulimit -f).",
  ENOTDIR: "A part of this path is a file: pass another directory.",
  EEXIST: "A file is in the way: pass another directory.",
  EMFILE: "This process has too many open files: close some.",
};

/** Whether an error is that of a file system call, with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  // Not by instanceof: in Jest, errors of node:fs come from another realm.
  return codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? "");
}

/** The error of a file or folder that cannot be used as it is, until somebody mends it. */
export function unusable(message: string): OAuthError {
  return new OAuthError("STORE_FAILED", message);
}

/** Runs file system calls. Their errors become `STORE_FAILED`, with what to do; other errors stay as they are. */
export async function guarded<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (OAuthError.isInstance(error) || code === undefined || syscall === undefined) throw error;
    const advice = ADVICE[code] ?? "Try again.";
    const message = `The token store in ${directory} failed (${syscall}: ${code}). ${advice}`;
    throw new OAuthError("STORE_FAILED", message, { retryable: true });
  }
}
