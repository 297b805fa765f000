/** Makes a JSON response that must not be cached. */
export function jsonReply(
  body: unknown,
  status: number = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      ...headers,
    },
  });
}

/** Parameters by name; undefined leaves one out. */
export type UrlParameters = Readonly<Record<string, string | number | undefined>>;

/** Adds parameters to the query of a URI, in order and without those that are undefined. */
export function withQuery(uri: string, parameters: UrlParameters): string {
  const url = new URL(uri);
  for (const pair of defined(parameters)) url.searchParams.append(...pair);
  return url.href;
}

/** Puts parameters into the fragment of a URI, as the implicit grant does, without those that are undefined. */
export function withFragment(uri: string, parameters: UrlParameters): string {
  return `${uri}#${new URLSearchParams(defined(parameters)).toString()}`;
}

/** Returns the parameters that are not undefined, in order. */
export function defined(parameters: UrlParameters): [name: string, value: string][] {
  return Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
}

/** The `iss` parameter of a callback, as the switch of this name asks for. */
export function callbackIssuer({
  switches,
  endpoints,
}: {
  readonly switches: { readonly iss: boolean | "wrong" };
  readonly endpoints: { readonly issuer: string };
}): string | undefined {
  if (switches.iss === "wrong") return "https://issuer.invalid";
  return switches.iss ? endpoints.issuer : undefined;
}

/** Redirects the browser. */
export function redirectTo(url: string): Response {
  return new Response(null, {
    status: 302,
    headers: { location: url, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  });
}
