import { ConfigurationError } from "@grantkit/core";
import { isObject, ownFields } from "@grantkit/core/requests";
import { readJsonFile } from "./json-file.ts";

type Fields = Readonly<Record<string, unknown>>;

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
/** Sources that take more than reading a text. */
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
  const problems = "problem" in read ? [read.problem] : fieldProblems(read.fields, hasSupplier);
  if ("problem" in read || problems.length > 0) {
    throw new ConfigurationError("The external account", problems);
  }
  const { fields } = read;
  const { token_lifetime_seconds: lifetime } = objectAt(fields, "service_account_impersonation");
  return {
    audience: fields["audience"] as string,
    subjectTokenType: fields["subject_token_type"] as string,
    tokenUrl: fields["token_url"] as string,
    source: hasSupplier ? undefined : sourceOf(objectAt(fields, "credential_source")),
    impersonationUrl: fields["service_account_impersonation_url"] as string | undefined,
    userProject: fields["workforce_pool_user_project"] as string | undefined,
    lifetime: typeof lifetime === "number" ? lifetime : HOUR,
  };
}

function fieldProblems(fields: Fields, hasSupplier: boolean): string[] {
  if (fields["type"] !== "external_account") return [`config must be ${WHAT}`];
  const problems = ["audience", "subject_token_type"]
    .filter((name) => !isText(fields[name]))
    .map((name) => `config.${name} is missing`);
  // Who can change the file must not get the workload's token.
  if (!isOfGoogle(fields["token_url"], "sts")) {
    problems.push("config.token_url must be of Google's: https://sts.googleapis.com/v1/token");
  }
  const impersonation = fields["service_account_impersonation_url"];
  if (impersonation !== undefined && !isOfGoogle(impersonation, "iamcredentials")) {
    problems.push(
      "config.service_account_impersonation_url must be of https://iamcredentials.googleapis.com",
    );
  }
  const project = fields["workforce_pool_user_project"];
  if (project !== undefined && !isText(project)) {
    problems.push("config.workforce_pool_user_project must be a text");
  }
  return hasSupplier ? problems : [...problems, ...sourceProblems(fields)];
}

function sourceProblems(fields: Fields): string[] {
  const { file, url, headers = {}, format, ...others } = objectAt(fields, "credential_source");
  const kind = Object.keys(UNREAD_SOURCES).find((name) => others[name] !== undefined);
  if (kind !== undefined) {
    return [
      `config.credential_source is ${UNREAD_SOURCES[kind]}: only file and url are read here. Pass the option subjectToken, a function that returns the workload's token`,
    ];
  }
  const isUrl = isText(url);
  const problems = formatProblems(format);
  if (isText(file) === isUrl) problems.push("config.credential_source needs file or url");
  if (isUrl && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) {
    problems.push("config.credential_source.url must be a URL");
  }
  if (!isObject(headers) || !Object.values(headers).every(isText)) {
    problems.push("config.credential_source.headers must be an object of texts");
  }
  return problems;
}

function formatProblems(format: unknown): string[] {
  const { type = "text", subject_token_field_name: field } = objectAt({ format }, "format");
  if (type === "text" || (type === "json" && isText(field))) return [];
  return ["config.credential_source.format must be text, or json with subject_token_field_name"];
}

function sourceOf({ file, url, headers, format }: Fields): SubjectTokenSource {
  const { type, subject_token_field_name: field } = objectAt({ format }, "format");
  return {
    ...(isText(file) ? { file } : { url: url as string }),
    headers: ownFields((headers ?? {}) as Readonly<Record<string, string>>),
    field: type === "json" ? (field as string) : undefined,
  };
}

/** Whether a URL is one of a service of Google's, at its global or at a regional host. */
function isOfGoogle(url: unknown, service: string): url is string {
  if (!isText(url) || !URL.canParse(url)) return false;
  const { hostname, port, protocol, username } = new URL(url);
  const isHost = new RegExp(`^${service}(?:\\.[a-z0-9-]+\\.rep)?\\.googleapis\\.com$`).test(
    hostname,
  );
  return isHost && port === "" && protocol === "https:" && username === "";
}

function objectAt(fields: Fields, name: string): Fields {
  const value = fields[name];
  return ownFields(isObject(value) ? value : {});
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
