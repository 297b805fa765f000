import { isLoopbackHost } from "./http/loopback.ts";
import { isObject } from "./options/option-rules.ts";
import { ownFields } from "./options/own-fields.ts";

/** A provider's URLs, as far as they can be replaced. */
interface ReplaceableUrls {
  readonly endpoints?: unknown;
  readonly api?: unknown;
  readonly renew?: unknown;
}

/** Whether something that replaces a provider's endpoints can be read at all. */
export function isOverrides(overrides: unknown): overrides is Readonly<Record<string, unknown>> {
  return isObject(overrides) && !Object.hasOwn(overrides, "endpoints");
}

/**
 * Lists what is wrong with what replaces a provider's URLs: an unset environment variable, and the half of an emulator. Both
 * would send a test's requests to the real provider.
 */
export function overrideProblems(
  definition: ReplaceableUrls,
  overrides: Readonly<Record<string, unknown>>,
): string[] {
  const unset = Object.keys(overrides)
    .filter((name) => overrides[name] === undefined)
    .map(
      (name) =>
        `endpoints.${name} is undefined: leave it out to keep the provider's own (is the environment variable set?)`,
    );
  const left = Object.values(overrides).some(isOnThisMachine)
    ? Object.entries(urlsOf(definition)).flatMap(([name, url]) =>
        Object.hasOwn(overrides, name) || isOnThisMachine(url) ? [] : `endpoints.${name}`,
      )
    : [];
  return left.length === 0 ? unset : [...unset, sentenceAbout(left)];
}

/** The URLs that requests go to. A path of the API goes where the API is. */
function urlsOf({ endpoints, api, renew }: ReplaceableUrls): Readonly<Record<string, unknown>> {
  const exchange = isObject(renew) ? ownFields(renew)["endpoint"] : undefined;
  const own = Object.entries({
    ...(isObject(endpoints) && ownFields(endpoints)),
    renew: exchange,
  });
  const absolute = own.filter(([, url]) => typeof url === "string" && !url.startsWith("/"));
  const base = isObject(api) ? ownFields(api)["baseUrl"] : undefined;
  return { ...Object.fromEntries(absolute), ...(base !== undefined && { api: base }) };
}

function isOnThisMachine(url: unknown): boolean {
  return typeof url === "string" && URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}

function sentenceAbout(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  const [subject, verb] =
    names.length === 1 ? [last, "is"] : [`${names.slice(0, -1).join(", ")} and ${last}`, "are"];
  return `${subject} ${verb} missing and would stay the real provider's, while other endpoints are on this machine: pass all endpoints of an emulator, or also the URLs that you want to keep`;
}
