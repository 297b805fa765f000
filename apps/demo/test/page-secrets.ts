const RAW = /<(?:code|pre)[^>]* class="raw">([^<]*)</g;
const RAW_CODE = /<code class="raw">([^<]*)</g;

/** The secrets that a page has behind a click. */
export function secretsOf(page: string): string[] {
  return [...page.matchAll(RAW_CODE)].map(([, secret = ""]) => secret);
}

/** The page without what is behind a click. */
export function shownOf(page: string): string {
  return page.replace(RAW, "<").replace(RAW_CODE, "<");
}
