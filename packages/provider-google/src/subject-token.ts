import { OAuthError, type OAuth2Session } from "@grantkit/core";
import { isObject, ownFields } from "@grantkit/core/requests";
import type { SubjectTokenSource } from "./external-account-file.ts";
import { getLocally } from "./local-request.ts";
import { nodeFiles } from "./node-files.ts";

/**
 * Reads a workload's own token, of a file or of a URL. It is read each time: the platform replaces it before it expires.
 *
 * @param session - Sends the request of a URL, without its token.
 * @throws OAuthError: `RENEWAL_FAILED` for a file that cannot be read, and a token that is not there; the errors of the
 * request. None shows the token.
 */
export async function readSubjectToken(
  session: OAuth2Session,
  provider: string,
  { file, url, headers, field }: SubjectTokenSource,
): Promise<string> {
  const text =
    file === undefined
      ? (
          await getLocally(session, provider, {
            url: url as string,
            headers,
            what: SOURCE,
            advice: ADVICE,
          })
        ).text
      : await readFileAt(provider, file);
  const token = (field === undefined ? text : fieldOf(text, field))?.trim();
  if (token) return token;
  const place = field === undefined ? "is empty" : "has no field subject_token_field_name";
  throw failure(provider, `its source ${place}`);
}

const SOURCE = "the source of the workload's token";
const ADVICE = "Check credential_source.url, and whether the app runs on that platform.";

async function readFileAt(provider: string, path: string): Promise<string> {
  const files = nodeFiles();
  if (!files) throw failure(provider, "a file as credential_source needs Node.js");
  return files.promises.readFile(path, "utf8").catch((error: unknown) => {
    const { code = "unknown error" } = error as { code?: string };
    throw failure(provider, `the file of credential_source cannot be read (${code})`);
  });
}

function fieldOf(text: string, name: string): string | undefined {
  try {
    const fields: unknown = JSON.parse(text);
    const value = isObject(fields) ? ownFields(fields)[name] : undefined;
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function failure(provider: string, reason: string): OAuthError {
  const message = `The workload's own token could not be got: ${reason}. Check credential_source.`;
  return new OAuthError("RENEWAL_FAILED", message, { provider });
}
