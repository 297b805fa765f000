import { ConfigurationError } from "@grantkit/core";

/** Where a metadata server is, and which account of the machine is meant. */
export interface Place {
  readonly origin: string;
  readonly account: string;
}

/** @throws ConfigurationError that lists the problems of the options. */
export function placeOf(host: unknown, account: unknown): Place {
  const problems: string[] = [];
  if (
    typeof host !== "string" ||
    !URL.canParse(`http://${host}`) ||
    new URL(`http://${host}`).host !== host
  ) {
    problems.push('host must be a host name, with a port or without, for example "127.0.0.1:8080"');
  }
  if (typeof account !== "string" || !/^[\w.@-]+$/.test(account)) {
    problems.push('account must be the e-mail address of a service account, or "default"');
  }
  if (problems.length > 0) throw new ConfigurationError("The metadata server", problems);
  return { origin: `http://${String(host)}`, account: String(account) };
}
