import type { sendAuthorized } from "./axios-requests.ts";
import type { fetchAuthorized } from "./fetch-requests.ts";

// Kept here: import() of a module that is loaded already still costs microseconds, on every request.
let underAxios: Promise<typeof sendAuthorized> | undefined;
let underFetch: Promise<typeof fetchAuthorized> | undefined;

/** What sends requests under axios; loaded by the first of them, so that an import is cheap. */
export function loadSendAuthorized(): Promise<typeof sendAuthorized> {
  underAxios ??= import("./axios-requests.ts").then((module) => module.sendAuthorized);
  return underAxios;
}

/** What sends requests under fetch; loaded by the first of them. */
export function loadFetchAuthorized(): Promise<typeof fetchAuthorized> {
  underFetch ??= import("./fetch-requests.ts").then((module) => module.fetchAuthorized);
  return underFetch;
}
