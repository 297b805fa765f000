import type { RecordedRequest } from "../server/recorded-request.ts";
import { answeredRequests } from "../server/request-log.ts";

/**
 * Prints the base string of each OAuth 1.0a signature that does not fit: whoever started the emulator by hand has no other
 * way to the log. Returns what ends it.
 */
export function printSignatureMismatches(print: (text: string) => void): () => void {
  const tell = (request: unknown): void => {
    const { method, path, signatureBaseString } = request as RecordedRequest;
    if (signatureBaseString === undefined) return;
    print(
      `\n${method} ${path}: the signature does not fit. The base string to compare with yours:\n${signatureBaseString}`,
    );
  };
  answeredRequests.subscribe(tell);
  return () => {
    answeredRequests.unsubscribe(tell);
  };
}
