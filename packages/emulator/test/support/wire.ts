import { createHash } from "node:crypto";

/** Where the tests are called back. */
export const CALLBACK = "http://localhost:3000/callback";

/** A verifier that is well-formed, and its S256 challenge. */
export const VERIFIER: string = "v".repeat(43);
export const CHALLENGE: string = createHash("sha256").update(VERIFIER).digest("base64url");

type Parameters = Record<string, string | undefined>;

interface Addressed {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly endpoints: { readonly authorization: string; readonly token: string };
}

/** An authorization URL with the parameters that every test needs, and more. */
export function authorizationUrl(emulator: Addressed, more: Parameters = {}): string {
  const url = new URL(emulator.endpoints.authorization);
  url.search = form({
    client_id: emulator.clientId,
    redirect_uri: CALLBACK,
    response_type: "code",
    state: "some-state",
    ...more,
  }).toString();
  return url.href;
}

/** Asks the token endpoint, with the client's credentials among the parameters. */
export function askToken(
  emulator: Addressed,
  more: Parameters,
  headers: Record<string, string> = { accept: "application/json" },
): Promise<Response> {
  const credentials = { client_id: emulator.clientId, client_secret: emulator.clientSecret };
  return post(emulator.endpoints.token, { ...credentials, ...more }, headers);
}

/** Exchanges the code in a callback. */
export function exchange(
  emulator: Addressed,
  callback: string,
  more: Parameters = {},
): Promise<Response> {
  return askToken(emulator, {
    grant_type: "authorization_code",
    code: parameter(callback, "code"),
    redirect_uri: CALLBACK,
    ...more,
  });
}

/** Posts a form. */
export function post(
  url: string,
  parameters: Parameters,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, { method: "POST", body: form(parameters), headers });
}

/** Gets with a bearer token. */
export function get(
  url: string,
  token: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, { headers: { authorization: `Bearer ${token}`, ...headers } });
}

/** A query parameter of a URL. */
export function parameter(url: string, name: string): string | undefined {
  return new URL(url).searchParams.get(name) ?? undefined;
}

/** The body of a reply, for tests to look into. */
export async function json<T = Record<string, unknown>>(
  reply: Response | Promise<Response>,
): Promise<T> {
  return (await (await reply).json()) as T;
}

function form(parameters: Parameters): URLSearchParams {
  const present = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return new URLSearchParams(present as [string, string][]);
}
