import type { Provider } from "@grantkit/core";
import { apple } from "@grantkit/examples/apple";
import { discord } from "@grantkit/examples/discord";
import { douban } from "@grantkit/examples/douban";
import { ebay } from "@grantkit/examples/ebay";
import { entra } from "@grantkit/examples/entra";
import { facebook } from "@grantkit/examples/facebook";
import { fitbit } from "@grantkit/examples/fitbit";
import { gitlab } from "@grantkit/examples/gitlab";
import { instagram } from "@grantkit/examples/instagram";
import { linkedin } from "@grantkit/examples/linkedin";
import { mailchimp } from "@grantkit/examples/mailchimp";
import { notion } from "@grantkit/examples/notion";
import { plentymarkets } from "@grantkit/examples/plentymarkets";
import { salesforce } from "@grantkit/examples/salesforce";
import { shopify } from "@grantkit/examples/shopify";
import { slack } from "@grantkit/examples/slack";
import { spotify } from "@grantkit/examples/spotify";
import { strava } from "@grantkit/examples/strava";
import { tiktok } from "@grantkit/examples/tiktok";
import { twitch } from "@grantkit/examples/twitch";
import { weibo } from "@grantkit/examples/weibo";
import { x } from "@grantkit/examples/x";
import { zoom } from "@grantkit/examples/zoom";
import type { Registration } from "../target.ts";

/** A provider of `examples/`. */
export interface ExampleProvider {
  /** The target's ID, where a preset has the example's own name. */
  readonly targetId?: string;
  readonly title: string;
  /** What differs from account to account. */
  readonly parameter?: NonNullable<Registration["parameter"]>;
  /** Defines it, with the parameter's value where it has one. */
  readonly define: (value: string) => Provider;
}

/** An example whose definition is a constant. */
const fixed = (title: string, provider: Provider): ExampleProvider => ({
  title,
  define: () => provider,
});

/** The providers of `examples/`, by the name of their file, except those that are discovered: they are issuers to type in. */
export const EXAMPLES: Readonly<Record<string, ExampleProvider>> = {
  apple: fixed("Apple", apple),
  discord: fixed("Discord", discord),
  douban: fixed("Douban", douban),
  ebay: {
    title: "eBay",
    parameter: { label: "RuName", option: "ruName", example: "Your_App-YourApp-PRD-abc" },
    define: (ruName) => ebay({ ruName }),
  },
  entra: {
    title: "Microsoft Entra ID",
    parameter: { label: "Tenant", initial: "common" },
    define: entra,
  },
  facebook: { ...fixed("Facebook (by data)", facebook), targetId: "facebook-by-data" },
  fitbit: fixed("Fitbit", fitbit),
  gitlab: {
    title: "GitLab",
    parameter: { label: "URL of the server", option: "url", initial: "https://gitlab.com" },
    define: (url) => gitlab({ url }),
  },
  instagram: fixed("Instagram", instagram),
  linkedin: fixed("LinkedIn", linkedin),
  mailchimp: {
    title: "Mailchimp",
    parameter: { label: "Data center", option: "dataCenter", initial: "us1" },
    define: (dataCenter) => mailchimp({ dataCenter }),
  },
  notion: fixed("Notion", notion),
  plentymarkets: {
    title: "Plentymarkets",
    parameter: {
      label: "URL of the shop",
      option: "shopUrl",
      example: "https://shop.plentymarkets-cloud02.com",
    },
    define: (shopUrl) => plentymarkets({ shopUrl }),
  },
  salesforce: {
    title: "Salesforce",
    parameter: { label: "Domain", initial: "login.salesforce.com" },
    define: salesforce,
  },
  shopify: {
    title: "Shopify",
    parameter: { label: "Name of the shop, as in <name>.myshopify.com", example: "acme" },
    define: shopify,
  },
  slack: fixed("Slack", slack),
  spotify: fixed("Spotify", spotify),
  strava: fixed("Strava", strava),
  tiktok: {
    title: "TikTok",
    parameter: { label: "Kind of app: web or desktop", initial: "web" },
    define: (kind) => tiktok(kind === "desktop" ? "desktop" : "web"),
  },
  twitch: fixed("Twitch", twitch),
  weibo: fixed("Weibo", weibo),
  x: fixed("X", x),
  zoom: fixed("Zoom", zoom),
};
