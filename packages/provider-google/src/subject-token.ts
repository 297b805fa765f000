import { isOAuthError, OAuthError, type OAuth2Client } from "@grantkit/core";
import { type ApiCall, callWithoutToken, readJsonFields, readText } from "@grantkit/core/requests";
import type { SubjectTokenSource } from "./external-account-file.ts";
import { nodeFiles } from "./json-file.ts";

/**
 * Reads a workload's own token, of a file or of a URL, or gets it from the app. It is read each time: the platform replaces it
 * before it expires.
 *
 * @param client - Sends the request of a URL.
 * @throws OAuthError: `RENEWAL_FAILED` for a file that cannot be read, a token that is not there, and an error of the app's
 * function; the errors of the request. None shows the token.
 */
export async function readSubjectToken(
  client: OAuth2Client,
  source: SubjectTokenSource,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (typeof source === "function") return suppliedToken(source);
  const { file, url = "", headers, field } = source;
  const text =
    file === undefined ? await readUrl(client, { url, headers, signal }) : await readFileAt(file);
  const token = field === undefined ? text : readText(readJsonFields(text)[field]);
  if (token?.trim()) return token.trim();
  throw failure(`its source ${field ? "has no field subject_token_field_name" : "is empty"}`);
}

async function suppliedToken(supply: () => Promise<string>): Promise<string> {
  try {
    return await supply();
  } catch (error) {
    if (isOAuthError(error)) throw error;
    // The error's message may have the token.
    throw failure("the function subjectToken threw an error. Log it there", "");
  }
}

async function readUrl(
  client: OAuth2Client,
  request: Pick<ApiCall, "url" | "headers" | "signal">,
): Promise<string> {
  const { text } = await callWithoutToken(client, {
    ...request,
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
