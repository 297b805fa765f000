import { ConfigurationError } from "@grantkit/core";
import { readJsonFile } from "./json-file.ts";

/** A service account's key file, as the Google Cloud console gives it out: the fields that are used. */
export interface ServiceAccountKeyFile {
  /** The account's e-mail address, for example `robot@my-project.iam.gserviceaccount.com`. */
  readonly client_email: string;
  /** The private key: PKCS #8 in PEM form. */
  readonly private_key: string;
  /** The key's id. */
  readonly private_key_id?: string;
}

/**
 * Reads a key file.
 *
 * @param key - Its fields, or its text.
 * @param keyFile - Its path, in the place of `key`.
 * @throws ConfigurationError that says what is wrong, and shows nothing of the file.
 */
export function readKeyFile(key: unknown, keyFile: unknown): ServiceAccountKeyFile {
  const read = readJsonFile({
    content: key,
    path: keyFile,
    names: { content: "key", path: "keyFile" },
    what: "a service account's key file, with client_email and private_key",
  });
  if ("problem" in read) throw new ConfigurationError("The service account", [read.problem]);
  const { type, client_email: email, private_key: pem, private_key_id: id } = read.fields;
  const isKey = typeof email === "string" && email.includes("@") && isText(pem);
  if (!isKey) {
    const problem = isText(type) && type !== "service_account" ? OTHER_KIND : NO_KEY;
    throw new ConfigurationError("The service account", [problem]);
  }
  return { client_email: email, private_key: pem, ...(isText(id) && { private_key_id: id }) };
}

const OTHER_KIND =
  'key is another kind of credential: pass a key file whose "type" is "service_account"; GoogleExternalAccount takes an "external_account"';
const NO_KEY = "key must be a service account's key file, with client_email and private_key";

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
