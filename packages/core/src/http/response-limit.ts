import { ConfigurationError } from "../errors/configuration-error.ts";
import { OAuthError } from "../errors/oauth-error.ts";
import { watchedWeb } from "./streamed-body.ts";

/** The default of `maxContentLength`: the largest response body, in bytes after decompression. */
const LARGEST_RESPONSE = 10 * 1024 * 1024;

/** @throws ConfigurationError when `maxContentLength` is not a number of bytes. */
export function checkedLimit(provider: string, bytes: number = LARGEST_RESPONSE): number {
  if (typeof bytes === "number" && bytes >= 0) return bytes;
  const problem = "maxContentLength must be a number of bytes, 0 or more";
  throw new ConfigurationError("The request", [problem], provider);
}

/** Makes the error for a response that is larger than `maxContentLength`. */
export function tooLarge(provider: string, { origin }: URL): OAuthError {
  return new OAuthError(
    "RESPONSE_TOO_LARGE",
    `The answer from ${origin} is larger than maxContentLength allows. Raise maxContentLength (10 MiB by default) if you expect this size.`,
    { provider },
  );
}

/**
 * Limits the body of a fetch response: a longer one ends with an error. A response whose Content-Length is within the limit
 * stays as it is, because the connection delivers no more than that.
 */
export function limitedResponse(response: Response, limit: number, excess: () => Error): Response {
  const { body, status, headers } = response;
  // A caller's own fetch may return another kind of response.
  if (!(body instanceof ReadableStream) || status < 200 || status > 599) return response;
  const length = headers.get("content-length");
  const isWithin = length !== null && /^\d+$/.test(length) && Number(length) <= limit;
  if (isWithin && headers.get("content-encoding") === null) return response;
  const watched = watchedWeb(body, {
    limit,
    clean: (error) => error as Error,
    tooLarge: excess,
    over: () => undefined,
  });
  return withBody(response, watched);
}

/** Makes a copy of a response with another body. */
export function withBody(response: Response, body: ReadableStream): Response {
  const { url, redirected, type } = response;
  return withFields(responseWith(body, response), { url, redirected, type });
}

/** Makes a response of any status. The constructor refuses those beyond 599, which servers send. */
export function responseWith(
  body: unknown,
  { status, statusText, headers }: Pick<Response, "headers" | "status" | "statusText">,
): Response {
  const isUsual = status >= 200 && status <= 599;
  const init = { status: isUsual ? status : 200, statusText, headers };
  const response = new Response(body as ReadableStream | null, init);
  return isUsual ? response : withFields(response, { status, ok: false });
}

/** Replaces fields of a response, and of its clones. */
export function withFields(
  response: Response,
  fields: Partial<Pick<Response, "ok" | "redirected" | "status" | "type" | "url">>,
): Response {
  const { clone } = response;
  const values = Object.entries(fields).map(([name, value]) => [
    name,
    { value, configurable: true },
  ]);
  return Object.defineProperties(response, {
    ...(Object.fromEntries(values) as PropertyDescriptorMap),
    clone: { value: () => withFields(clone.call(response), fields), configurable: true },
  });
}
