import { OAuthError } from "../errors/oauth-error.ts";

/** A callback as a server or a page has it: its URL or path, its query, or the whole request. */
export type CallbackInput = string | URL | URLSearchParams | Request;

/** Characters of a callback's form: more than any provider sends, few enough to be held. */
const LONGEST_FORM = 64 * 1024;

/**
 * Reads the parameters of a callback from its query, or from its form (`form_post`).
 *
 * @throws OAuthError with code `CALLBACK_INVALID` for a value that is not a callback, or a form that cannot be read.
 */
export async function readParameters(
  provider: string,
  callback: CallbackInput,
): Promise<URLSearchParams> {
  const query = queryOf(provider, callback);
  if (query) return query;
  const request = callback as Request;
  const type = request.headers.get("content-type") ?? "";
  if (request.method !== "POST" || !/^application\/x-www-form-urlencoded\b/i.test(type)) {
    throw invalid(provider, "The callback must be a GET, or a POST of a form (form_post).");
  }
  return new URLSearchParams(await readForm(provider, request));
}

/**
 * Reads the query of a callback.
 *
 * @returns undefined for a request that is not a GET: its parameters are in the body.
 * @throws OAuthError with code `CALLBACK_INVALID` for a value that is not a callback.
 */
export function queryOf(provider: string, callback: CallbackInput): URLSearchParams | undefined {
  if (callback instanceof URLSearchParams) return callback;
  if (callback instanceof URL) return callback.searchParams;
  if (typeof callback === "string") {
    // Only the query counts; a server often has no more than the path.
    if (!URL.canParse(callback, "http://localhost")) {
      throw invalid(provider, "The callback is not a URL, a path with a query, or a query.");
    }
    return new URL(callback, "http://localhost").searchParams;
  }
  if (!isRequest(callback)) {
    throw invalid(provider, "The callback must be a string, a URL, URLSearchParams or a Request.");
  }
  // Some frameworks have no more than the path here either.
  return callback.method === "GET" ? queryOf(provider, callback.url) : undefined;
}

function invalid(provider: string, message: string): OAuthError {
  return new OAuthError("CALLBACK_INVALID", message, { provider });
}

/** Reads the parameters in the fragment of a callback, which only a page sees. */
export function fragmentOf(callback: CallbackInput): URLSearchParams {
  const text = typeof callback === "string" || callback instanceof URL ? String(callback) : "";
  return new URLSearchParams(text.includes("#") ? text.slice(text.indexOf("#") + 1) : "");
}

async function readForm(provider: string, request: Request): Promise<string> {
  if (request.bodyUsed || request.body?.locked) {
    const message = "The request's body was read before. Pass its form as URLSearchParams.";
    throw invalid(provider, message);
  }
  const reader = request.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const chunk = await reader?.read().catch(() => {
      throw invalid(provider, "The callback's form could not be read to its end.");
    });
    if (!chunk || chunk.done) return text + decoder.decode();
    text += decoder.decode(chunk.value as Uint8Array, { stream: true });
    if (text.length > LONGEST_FORM) {
      // Not awaited: a body that others hold on to as well never reports that it was canceled.
      void reader?.cancel().catch(() => undefined);
      throw invalid(provider, "The callback's form is larger than 64 KB.");
    }
  }
}

function isRequest(value: unknown): value is Request {
  const { method, headers, url } = (value ?? {}) as Partial<Request>;
  return (
    typeof method === "string" && typeof url === "string" && typeof headers?.get === "function"
  );
}
