import type { sendAuthorised } from "./authorised-axios.ts";
import type { fetchAuthorised } from "./authorised-fetch.ts";

// Kept here: import() of a module that is loaded already still costs microseconds, on every request.
let underAxios: Promise<typeof sendAuthorised> | undefined;
let underFetch: Promise<typeof fetchAuthorised> | undefined;

/** What sends requests under axios; loaded by the first of them, so that an import is cheap. */
export function loadSendAuthorised(): Promise<typeof sendAuthorised> {
  underAxios ??= import("./authorised-axios.ts").then((module) => module.sendAuthorised);
  return underAxios;
}

/** What sends requests under fetch; loaded by the first of them. */
export function loadFetchAuthorised(): Promise<typeof fetchAuthorised> {
  underFetch ??= import("./authorised-fetch.ts").then((module) => module.fetchAuthorised);
  return underFetch;
}
