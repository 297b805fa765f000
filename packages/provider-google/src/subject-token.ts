import { isOAuthError, OAuthError, type OAuth2Session } from "@grantkit/core";
import { callApi, readJsonFields, readText } from "@grantkit/core/requests";
import type { SubjectTokenSource } from "./external-account-file.ts";
import { nodeFiles } from "./json-file.ts";

/**
 * Reads a workload's own token, of a file or of a URL. It is read each time: the platform replaces it before it expires.
 *
 * @param session - Sends the request of a URL, without its token.
 * @throws OAuthError: `RENEWAL_FAILED` for a file that cannot be read, and a token that is not there; the errors of the
 * request. None shows the token.
 */
export async function readSubjectToken(
  session: OAuth2Session,
  { file, url = "", headers, field }: SubjectTokenSource,
  signal: AbortSignal | undefined,
): Promise<string> {
  const text =
    file === undefined ? await readUrl(session, url, headers, signal) : await readFileAt(file);
  const token = field === undefined ? text : readText(readJsonFields(text)[field]);
  if (token?.trim()) return token.trim();
  throw failure(`its source ${field ? "has no field subject_token_field_name" : "is empty"}`);
}

/**
 * Gets a workload's own token from the app.
 *
 * @throws OAuthError: `RENEWAL_FAILED` for an error of the function, whose message may have the token. An OAuthError stays.
 */
export async function suppliedToken(supply: () => Promise<string>): Promise<string> {
  try {
    return await supply();
  } catch (error) {
    if (isOAuthError(error)) throw error;
    throw failure("the function subjectToken threw an error. Log it there", "");
  }
}

async function readUrl(
  session: OAuth2Session,
  url: string,
  headers: SubjectTokenSource["headers"],
  signal: AbortSignal | undefined,
): Promise<string> {
  const { text } = await callApi(session, {
    url,
    headers,
    signal,
    withholdToken: true,
    what: "the request for the workload's own token",
    advice: "Check credential_source.url, and whether the app runs on that platform.",
    // The body may have the token, whatever the status.
    refusal: ({ status, error }) => error({ error: `status ${status}` }),
  });
  return text;
}

async function readFileAt(path: string): Promise<string> {
  const files = nodeFiles();
  if (!files) throw failure("a file as credential_source needs Node.js");
  return files.promises.readFile(path, "utf8").catch((error: unknown) => {
    const { code = "unknown error" } = error as { code?: string };
    throw failure(`the file of credential_source cannot be read (${code})`);
  });
}

function failure(reason: string, next = " Check credential_source."): OAuthError {
  const message = `The workload's own token could not be got: ${reason}.${next}`;
  return new OAuthError("RENEWAL_FAILED", message, { provider: "google" });
}
