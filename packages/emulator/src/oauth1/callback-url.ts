import { formEncoded } from "./percent-encoding.ts";

/** The callback with parameters after its own query, which stays as it is, byte by byte. */
export function callbackUrl(
  callback: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const [, address = "", fragment = ""] = /^([^#]*)(.*)$/s.exec(callback) ?? [];
  const added = formEncoded(parameters);
  if (added === "") return callback;
  const separator = address.includes("?") ? (/[?&]$/.test(address) ? "" : "&") : "?";
  return address + separator + added + fragment;
}
