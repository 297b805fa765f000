import {
  type Fields,
  isFilledText,
  isObject,
  ownFields,
  readFields,
  throwProblems,
} from "@grantkit/core/requests";
import { readJsonFile } from "./json-file.ts";

/** What a file of Workload Identity Federation says, as far as it is used. */
export interface ExternalAccount {
  /** The provider of the workload identity pool. */
  readonly audience: string;
  readonly subjectTokenType: string;
  readonly tokenUrl: string;
  /** Where the workload's own token is; undefined where the app passes it. */
  readonly source: SubjectTokenSource | undefined;
  /** Of the service account in whose name the workload acts; undefined for none. */
  readonly impersonationUrl: string | undefined;
  /** The project that pays for the requests of a person of a workforce pool. */
  readonly userProject: string | undefined;
  /** Seconds that tokens of the service account live. */
  readonly lifetime: number;
}

/** Where a workload's own token is. */
export interface SubjectTokenSource {
  readonly file?: string;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The field that has the token, of a source in JSON. */
  readonly field: string | undefined;
}

const WHAT = 'the file of Workload Identity Federation, whose "type" is "external_account"';
const HOUR = 3600;
/** Sources that take more than reading a text, by the field that they have. */
const UNREAD_SOURCES: Readonly<Record<string, string>> = {
  environment_id: "AWS (a signed request for the caller's identity)",
  executable: "an executable",
  certificate: "a client certificate",
};

/**
 * Reads a file of Workload Identity Federation.
 *
 * @param hasSupplier - Whether the app passes the workload's token itself.
 * @throws ConfigurationError that lists every problem, and shows nothing of the file.
 * @see https://google.aip.dev/auth/4117
 */
export function readExternalAccount(
  config: unknown,
  configFile: unknown,
  hasSupplier: boolean,
): ExternalAccount {
  const names = { content: "config", path: "configFile" };
  const read = readJsonFile({ content: config, path: configFile, names, what: WHAT });
  const fields = readFields(read);
  const problems = typeof read === "string" ? [read] : fieldProblems(fields, hasSupplier);
  throwProblems("The external account", problems);
  const { token_lifetime_seconds: lifetime } = readFields(fields["service_account_impersonation"]);
  return {
    audience: fields["audience"] as string,
    subjectTokenType: fields["subject_token_type"] as string,
    tokenUrl: fields["token_url"] as string,
    source: hasSupplier ? undefined : sourceOf(readFields(fields["credential_source"])),
    impersonationUrl: fields["service_account_impersonation_url"] as string | undefined,
    userProject: fields["workforce_pool_user_project"] as string | undefined,
    lifetime: typeof lifetime === "number" ? lifetime : HOUR,
  };
}

type Rule = readonly [problem: string, fits: (fields: Fields) => boolean];

const RULES: readonly Rule[] = [
  ["audience is missing", ({ audience }) => isFilledText(audience)],
  ["subject_token_type is missing", ({ subject_token_type: type }) => isFilledText(type)],
  // Who can change the file must not get the workload's token.
  [
    "token_url must be of Google's: https://sts.googleapis.com/v1/token",
    ({ token_url: url }) => isOfGoogle(url, "sts"),
  ],
  [
    "service_account_impersonation_url must be of https://iamcredentials.googleapis.com",
    ({ service_account_impersonation_url: url }) =>
      url === undefined || isOfGoogle(url, "iamcredentials"),
  ],
  [
    "workforce_pool_user_project must be a text",
    ({ workforce_pool_user_project: project }) => project === undefined || isFilledText(project),
  ],
];

const SOURCE_RULES: readonly Rule[] = [
  [
    "credential_source needs file or url",
    ({ file, url }) => isFilledText(file) !== isFilledText(url),
  ],
  [
    "credential_source.url must be a URL",
    ({ url }) => !isFilledText(url) || (/^https?:/i.test(url) && URL.canParse(url)),
  ],
  [
    "credential_source.headers must be an object of texts",
    ({ headers = {} }) => isObject(headers) && Object.values(headers).every(isFilledText),
  ],
  [
    "credential_source.format must be text, or json with subject_token_field_name",
    ({ format }) => {
      const { type = "text", subject_token_field_name: field } = readFields(format);
      return type === "text" || (type === "json" && isFilledText(field));
    },
  ],
];

function fieldProblems(fields: Fields, hasSupplier: boolean): string[] {
  if (fields["type"] !== "external_account") return [`config must be ${WHAT}`];
  const found = RULES.filter(([, fits]) => !fits(fields));
  if (!hasSupplier) found.push(...sourceProblems(readFields(fields["credential_source"])));
  return found.map(([problem]) => `config.${problem}`);
}

function sourceProblems(source: Fields): readonly Rule[] {
  const kind = Object.keys(UNREAD_SOURCES).find((name) => source[name] !== undefined);
  if (kind === undefined) return SOURCE_RULES.filter(([, fits]) => !fits(source));
  const problem = `credential_source is ${UNREAD_SOURCES[kind]}: only file and url are read here. Pass the option subjectToken, a function that returns the workload's token`;
  return [[problem, () => false]];
}

function sourceOf({ file, url, headers, format }: Fields): SubjectTokenSource {
  const { type, subject_token_field_name: field } = readFields(format);
  return {
    ...(isFilledText(file) ? { file } : { url: url as string }),
    headers: ownFields((headers ?? {}) as Readonly<Record<string, string>>),
    field: type === "json" ? (field as string) : undefined,
  };
}

/** Whether a URL is one of a service of Google's, at its global or at a regional host. */
function isOfGoogle(url: unknown, service: string): url is string {
  if (!isFilledText(url) || !URL.canParse(url)) return false;
  const { hostname, port, protocol, username } = new URL(url);
  const isHost = new RegExp(`^${service}(?:\\.[a-z0-9-]+\\.rep)?\\.googleapis\\.com$`).test(
    hostname,
  );
  return isHost && port === "" && protocol === "https:" && username === "";
}
