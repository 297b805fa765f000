import { FORM_TYPE } from "../endpoints/endpoint-parameters.ts";
import { ConfigurationError } from "../errors/configuration-error.ts";
import type { ProtectedRequestHookValue } from "../hooks.ts";
import { ownFields } from "../options/own-fields.ts";
import { type ResolvedPlacement, resolvePlacement, spelledOut } from "../tokens/token-placement.ts";
import type { Token } from "../tokens/token.ts";
import { HookFailure, type OutgoingRequest } from "../requests/authorizer.ts";
import type { TokenHolder } from "./session-context.ts";

type Fields = NonNullable<ProtectedRequestHookValue["body"]>;

/**
 * Runs the hooks that see a request before the token is placed.
 *
 * @returns where the token goes then; undefined for nowhere.
 */
export async function hooked(
  { context, allowedOrigins }: TokenHolder,
  request: OutgoingRequest,
  token: Token,
  usual: ResolvedPlacement,
): Promise<ResolvedPlacement | undefined> {
  const { hooks, provider } = context.client;
  const headers = Object.fromEntries(
    [...request.headers].map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const given: ProtectedRequestHookValue = {
    url: request.url.href,
    method: request.method,
    headers,
    body: formFields(headers, request.body),
    token,
    placement: spelledOut(usual),
  };
  const returned = await hooks
    .run("protectedRequest", given, { provider: provider.name })
    .catch((error: unknown) => {
      throw new HookFailure(error);
    });
  const seen = ownFields(returned);
  request.url = context.origins.resolve(seen.url, allowedOrigins);
  request.method = seen.method.toUpperCase();
  const changed = { headers: seen.headers, ...changedBody(given, seen) };
  for (const name of Object.keys(headers)) request.headers.delete(name);
  for (const [name, value] of Object.entries(changed.headers)) request.headers.set(name, value);
  if (changed.body !== undefined) request.body = changed.body;
  return placementFor(provider.name, seen, usual);
}

/** The fields of a form body, as a hook sees them; undefined for any other body, which is not read. */
function formFields(headers: Readonly<Record<string, string>>, body: unknown): Fields | undefined {
  const type = headers["content-type"]?.toLowerCase();
  if (!(body instanceof URLSearchParams) && !(typeof body === "string" && type)) return undefined;
  if (type?.startsWith(FORM_TYPE) === false) return undefined;
  const form = new URLSearchParams(body);
  return Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? (values[0] as string) : values];
    }),
  );
}

/** The body and headers of a request whose form fields a hook changed; nothing when it did not. */
function changedBody(
  given: ProtectedRequestHookValue,
  { body, headers }: ProtectedRequestHookValue,
): { readonly body?: string; readonly headers?: Readonly<Record<string, string>> } {
  if (body === undefined || body === given.body) return {};
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    for (const part of [value].flat()) form.append(name, part);
  }
  return { body: form.toString(), headers: { ...headers, "content-type": FORM_TYPE } };
}

/**
 * Where the token goes after the hooks; undefined for nowhere.
 *
 * @throws ConfigurationError for what is no placement; nothing has been sent then.
 */
function placementFor(
  provider: string,
  { placement }: Partial<ProtectedRequestHookValue>,
  usual: ResolvedPlacement,
): ResolvedPlacement | undefined {
  if (placement === "none") return undefined;
  const chosen = placement === undefined ? usual : resolvePlacement(placement);
  if (chosen) return chosen;
  throw new ConfigurationError(
    "The hook protectedRequest",
    ['placement must be "header", "query", "body", "none" or { in, scheme or name }'],
    provider,
  );
}
