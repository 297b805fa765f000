/** A multipart form whose bytes are all known before it is sent. */
export interface FormInMemory {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** A form of the form-data package, which axios makes of an object for `postForm` in Node: a stream that is read once. */
interface StreamedForm {
  getBoundary(): string;
  hasKnownLength(): boolean;
  getLengthSync(): number;
  /** A field is three of these: its header, its value, and a function that ends it. A value may be a stream. */
  readonly _streams: readonly unknown[];
}

/**
 * Copies the bytes of a form of the form-data package, so that it can be sent again; undefined for any other body, and for
 * a form with a stream in it.
 */
export function formInMemory(body: unknown): FormInMemory | undefined {
  if (!isStreamedForm(body)) return undefined;
  const { _streams: streams } = body;
  const parts = streams.map((part) => (typeof part === "function" ? "\r\n" : part));
  if (!parts.every((part) => typeof part === "string" || part instanceof Uint8Array)) {
    return undefined;
  }
  const boundary = body.getBoundary();
  const bytes = Buffer.concat([...parts, `--${boundary}--\r\n`].map((part) => Buffer.from(part)));
  // Another version of the package may put its fields together in another way.
  if (bytes.length !== body.getLengthSync()) return undefined;
  return { bytes, contentType: `multipart/form-data; boundary=${boundary}` };
}

function isStreamedForm(body: unknown): body is StreamedForm {
  if (typeof body !== "object" || body === null) return false;
  const { getBoundary, hasKnownLength, getLengthSync, _streams } = body as Partial<StreamedForm>;
  return (
    typeof getBoundary === "function" &&
    typeof getLengthSync === "function" &&
    typeof hasKnownLength === "function" &&
    Array.isArray(_streams) &&
    hasKnownLength.call(body)
  );
}
