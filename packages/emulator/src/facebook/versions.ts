/** The newest version of the Graph API. */
export const LATEST_VERSION = "v26.0";

// Until when each version works. https://developers.facebook.com/docs/graph-api/changelog
const LAST_DAYS: readonly (readonly [version: string, lastDay: string])[] = [
  ["v20.0", "2026-09-24"],
  ["v21.0", "2027-01-21"],
  ["v22.0", "2027-05-20"],
  ["v23.0", "2027-10-08"],
  ["v24.0", "2028-02-18"],
  ["v25.0", "2028-07-29"],
];

/** The version that serves a call; undefined if it is yet to come. `now` is in milliseconds. */
export function servingVersion(requested: string | undefined, now: number): string | undefined {
  const living = LAST_DAYS.filter(([, lastDay]) => Date.parse(`${lastDay}T23:59:59Z`) >= now).map(
    ([version]) => version,
  );
  const oldest = living[0] ?? LATEST_VERSION;
  // Without a version, and for one that has ended, the oldest that lives serves.
  if (requested === undefined) return oldest;
  if (major(requested) > major(LATEST_VERSION)) return undefined;
  return [...living, LATEST_VERSION].includes(requested) ? requested : oldest;
}

function major(version: string): number {
  return Number.parseFloat(version.slice(1));
}
