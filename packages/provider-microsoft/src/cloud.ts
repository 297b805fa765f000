/**
 * A cloud of Microsoft, with directories, registrations of apps and a Microsoft Graph of its own:
 *
 * - `"global"`: the public one;
 * - `"usGovernment"`: Azure Government (GCC High, Microsoft Graph L4);
 * - `"usDefense"`: Azure Government for the Department of Defense (Microsoft Graph L5);
 * - `"china"`: the one that 21Vianet operates.
 *
 * @see https://learn.microsoft.com/graph/deployments
 */
export type MicrosoftCloud = "global" | "usGovernment" | "usDefense" | "china";

interface Hosts {
  /** The origin at which users sign in, and which issues tokens. */
  readonly login: string;
  /** The origin of Microsoft Graph. */
  readonly graph: string;
}

/** The origins of each cloud. */
export const CLOUDS: Readonly<Record<MicrosoftCloud, Hosts>> = {
  global: { login: "https://login.microsoftonline.com", graph: "https://graph.microsoft.com" },
  usGovernment: { login: "https://login.microsoftonline.us", graph: "https://graph.microsoft.us" },
  usDefense: {
    login: "https://login.microsoftonline.us",
    graph: "https://dod-graph.microsoft.us",
  },
  china: {
    login: "https://login.partner.microsoftonline.cn",
    graph: "https://microsoftgraph.chinacloudapi.cn",
  },
};

/** Lists what is wrong with a cloud, or with a tenant that it does not have. */
export function cloudProblems(cloud: unknown, tenant: unknown): string[] {
  if (!Object.hasOwn(CLOUDS, String(cloud))) {
    return [`cloud must be one of: ${Object.keys(CLOUDS).join(", ")}`];
  }
  return cloud === "global" || (typeof tenant === "string" && tenant !== "consumers")
    ? []
    : ["cloud must be global for personal accounts, for External ID and for B2C"];
}
