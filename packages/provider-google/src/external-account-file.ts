import {
  type Fields,
  isFilledText,
  isObject,
  matches,
  must,
  mustBeFunction,
  type OptionRule,
  type OptionRules,
  readFields,
  readSeconds,
  readText,
  ruleProblems,
  throwProblems,
} from "@grantkit/core/requests";
import { readJsonFile } from "./json-file.ts";

/** What a file of Workload Identity Federation says, as far as it is used. */
export interface ExternalAccount {
  /** The provider of the workload identity pool. */
  readonly audience: string;
  readonly subjectTokenType: string;
  readonly tokenUrl: string;
  /** Where the workload's own token is. */
  readonly source: SubjectTokenSource;
  /** Of the service account in whose name the workload acts; undefined for none. */
  readonly impersonationUrl: string | undefined;
  /** The project that pays for the requests of a person of a workforce pool. */
  readonly userProject: string | undefined;
  /** Seconds that tokens of the service account live. */
  readonly lifetime: number;
}

/** Where a workload's own token is: the app's function, or a file or a URL. */
export type SubjectTokenSource =
  | (() => Promise<string>)
  | {
      readonly file: string | undefined;
      readonly url: string | undefined;
      readonly headers: Readonly<Record<string, string>>;
      /** The field that has the token, of a source in JSON. */
      readonly field: string | undefined;
    };

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
 * @param subjectToken - The app's function that gets the workload's token, in the place of `credential_source`.
 * @param tokenEndpoint - What replaces Google's token endpoint: the file's URLs must then be of its origin.
 * @throws ConfigurationError that lists every problem, and shows nothing of the file.
 * @see https://google.aip.dev/auth/4117
 */
export function readExternalAccount(
  config: unknown,
  configFile: unknown,
  subjectToken: (() => Promise<string>) | undefined,
  tokenEndpoint: string | undefined,
): ExternalAccount {
  const names = { content: "config", path: "configFile" };
  const read = readJsonFile({ content: config, path: configFile, names, what: WHAT });
  const fields = readFields(read);
  const problems =
    typeof read === "string" ? [read] : fileProblems(fields, rulesOf(tokenEndpoint), subjectToken);
  throwProblems("The external account", problems, "google");
  const { token_lifetime_seconds: lifetime } = readFields(fields["service_account_impersonation"]);
  return {
    audience: fields["audience"] as string,
    subjectTokenType: fields["subject_token_type"] as string,
    tokenUrl: fields["token_url"] as string,
    source: subjectToken ?? sourceOf(readFields(fields["credential_source"])),
    impersonationUrl: readText(fields["service_account_impersonation_url"]),
    userProject: readText(fields["workforce_pool_user_project"]),
    lifetime: readSeconds(lifetime) ?? HOUR,
  };
}

const mustBeThere: OptionRule = (value, name) =>
  isFilledText(value) ? [] : [`${name} is missing`];

function rulesOf(tokenEndpoint: string | undefined): OptionRules<Fields> {
  // Who can change the file must not get the workload's token.
  const mustBeOf = (service: string): OptionRule =>
    tokenEndpoint === undefined
      ? must(`be of Google's: https://${service}.googleapis.com`, (url) => isOfGoogle(url, service))
      : must(OF_TOKEN_ENDPOINT, (url) => originOf(url) === originOf(tokenEndpoint));
  return {
    audience: mustBeThere,
    subject_token_type: mustBeThere,
    token_url: (url, ...about) => mustBeOf("sts")(url ?? "", ...about),
    service_account_impersonation_url: mustBeOf("iamcredentials"),
    service_account_impersonation: (value, name) =>
      ruleProblems(readFields(value), IMPERSONATION_RULES, `${name}.`),
    workforce_pool_user_project: must("be a text", isFilledText),
  };
}

const OF_TOKEN_ENDPOINT = "be of the origin of the option endpoints.token";

const IMPERSONATION_RULES: OptionRules<Fields> = {
  token_lifetime_seconds: must("be a number of seconds, more than 0", (value) =>
    Boolean(readSeconds(value)),
  ),
};

const isHttp = matches(/^https?:/i);

const SOURCE_RULES: OptionRules<Fields> = {
  file: (file, _name, { url }) =>
    isFilledText(file) === isFilledText(url)
      ? ["config.credential_source needs file or url, and not both"]
      : [],
  url: must("be a URL", (url) => !isFilledText(url) || (URL.canParse(url) && isHttp(url))),
  headers: must(
    "be an object of texts",
    (headers) => isObject(headers) && Object.values(headers).every(isFilledText),
  ),
  format: must("be text, or json with subject_token_field_name", (format) => {
    const { type = "text", subject_token_field_name: field } = readFields(format);
    return type === "text" || (type === "json" && isFilledText(field));
  }),
};

function fileProblems(
  fields: Fields,
  rules: OptionRules<Fields>,
  subjectToken: unknown,
): readonly string[] {
  if (fields["type"] !== "external_account") return [`config must be ${WHAT}`];
  const source =
    subjectToken === undefined
      ? sourceProblems(readFields(fields["credential_source"]))
      : mustBeFunction(subjectToken, "subjectToken", {});
  return [...ruleProblems(fields, rules, "config."), ...source];
}

function sourceProblems(source: Fields): readonly string[] {
  const kind = Object.keys(UNREAD_SOURCES).find((name) => source[name] !== undefined);
  if (kind === undefined) return ruleProblems(source, SOURCE_RULES, "config.credential_source.");
  return [
    `config.credential_source is ${UNREAD_SOURCES[kind]}: only file and url are read here. Pass the option subjectToken, a function that returns the workload's token`,
  ];
}

function sourceOf({ file, url, headers, format }: Fields): SubjectTokenSource {
  const { type, subject_token_field_name: field } = readFields(format);
  return {
    file: readText(file),
    url: readText(url),
    headers: readFields(headers) as Readonly<Record<string, string>>,
    field: type === "json" ? readText(field) : undefined,
  };
}

/** Whether a URL is one of a service of Google's, at its global or at a regional host, without a port or a user's name. */
function isOfGoogle(url: unknown, service: string): boolean {
  const start = new RegExp(`^https://${service}(?:\\.[a-z0-9-]+\\.rep)?\\.googleapis\\.com/`);
  return isFilledText(url) && URL.canParse(url) && start.test(new URL(url).href);
}

function originOf(url: unknown): string | undefined {
  return URL.canParse(String(url)) ? new URL(String(url)).origin : undefined;
}
