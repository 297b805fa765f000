import { isObject, type OptionRule } from "../options/option-rules.ts";
import { ownFields } from "../options/own-fields.ts";
import { HEADER_NAME } from "../tokens/token-placement.ts";

/** Headers by name. */
export type ApiHeaders = Readonly<Record<string, string>>;

/** Makes the headers of an API from the client, which a provider may want named in each request. */
export type ApiHeadersFunction = (client: { readonly clientId: string }) => ApiHeaders;

/** A provider, as far as requests to its API need it. */
export interface DescribedApi {
  /** The provider's name, for errors. */
  readonly name: string;
  /** The API, with the headers of every request; a client has called the function by then. */
  readonly api?: { readonly headers?: ApiHeaders | ApiHeadersFunction } | undefined;
}

/** The headers that a provider's API is sent with every request. */
export function apiHeaders({ api }: DescribedApi): ApiHeaders | undefined {
  const headers = api && Object.hasOwn(api, "headers") ? api.headers : undefined;
  return typeof headers === "object" ? headers : undefined;
}

/** Removes the API's own headers from a request that goes elsewhere: a key may be among them. */
export function removeApiHeaders(
  headers: { get(name: string): unknown; delete(name: string): unknown },
  provider: DescribedApi,
): void {
  for (const [name, value] of Object.entries(apiHeaders(provider) ?? {})) {
    if (headers.get(name) === value) headers.delete(name);
  }
}

/** Takes headers. */
export const mustBeApiHeaders: OptionRule = (value, name) =>
  value === undefined || isHeaders(value)
    ? []
    : [
        `${name} must be an object of headers: names of letters, digits and hyphens, texts on one line`,
      ];

function isHeaders(value: unknown): value is ApiHeaders {
  if (!isObject(value) || Array.isArray(value) || typeof value["then"] === "function") return false;
  return Object.entries(value).every(
    ([name, text]) => HEADER_NAME.test(name) && typeof text === "string" && !/[\r\n\0]/.test(text),
  );
}

/**
 * A provider whose API headers are those of one client: a function of the definition is called here, once.
 *
 * @returns The same provider where there is no function.
 * @throws What `refuse` throws for what the function returned, if that is not headers.
 */
export function withClientHeaders<Described extends DescribedApi>(
  provider: Described,
  clientId: string,
  refuse: (problems: readonly string[]) => void,
): Described {
  const { api } = provider;
  const make = api && Object.hasOwn(api, "headers") ? api.headers : undefined;
  if (typeof make !== "function") return provider;
  const headers = make(Object.freeze(ownFields({ clientId })));
  refuse(
    headers === undefined
      ? ["api.headers() returned nothing"]
      : mustBeApiHeaders(headers, "what api.headers() returns", {}),
  );
  const own = Object.freeze(ownFields({ ...api, headers: Object.freeze(ownFields(headers)) }));
  return Object.freeze(ownFields({ ...provider, api: own }));
}
