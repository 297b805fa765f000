import { ConfigurationError } from "@grantkit/core";
import { malformed } from "../errors.ts";
import type { Parameter } from "../signing/parameters.ts";
import {
  contentOf,
  FORM_TYPE,
  type FormFields,
  isParameters,
  mediaType,
  parametersOf,
} from "../signing/request-body.ts";
import { checkCount, receivedParameters } from "./received-parameters.ts";

/** The body of a received request, parsed. */
export interface ReadBody {
  /** The parameters of a form; undefined for another body, or none. */
  readonly form: readonly Parameter[] | undefined;
  /** The bytes or text that a body hash covers. */
  readonly content: string | Uint8Array;
}

const UNREADABLE =
  "body must be the text or the bytes as received, or the fields of a form (URLSearchParams or an object)";

/** Reads a body that is in memory. */
export function readGivenBody(
  body: unknown,
  contentType: string | undefined,
  maxBytes: number,
): ReadBody {
  if (body === undefined || body === null) return { form: undefined, content: "" };
  const type = mediaType(contentType);
  if (isParameters(body)) return { form: parsedForm(body, type, maxBytes), content: "" };
  const content = contentOf(body);
  if (content === undefined) throw new ConfigurationError("The received request", [UNREADABLE]);
  if (isLarger(content, maxBytes)) throw tooLarge(maxBytes);
  if (type !== FORM_TYPE) return { form: undefined, content };
  const text = typeof content === "string" ? content : utf8(content);
  if (text === undefined) throw malformed("its form cannot be decoded");
  return { form: receivedParameters(text, "form"), content };
}

/** Reads a clone of the body of a web-standard request, and no more of it than the limit. */
export async function readStreamedBody(
  request: Request,
  contentType: string | undefined,
  maxBytes: number,
): Promise<ReadBody> {
  if (request.body === null) return { form: undefined, content: "" };
  if (Number(request.headers.get("content-length")) > maxBytes) throw tooLarge(maxBytes);
  const reader = (request.clone().body as ReadableStream<Uint8Array>).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.byteLength;
    if (length > maxBytes) {
      // Not awaited: it is done only when the caller lets go of the request's own body too.
      reader.cancel().catch(() => undefined);
      throw tooLarge(maxBytes);
    }
    chunks.push(next.value);
  }
  return readGivenBody(joined(chunks, length), contentType, maxBytes);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function tooLarge(maxBytes: number): Error {
  return malformed(
    `its body is larger than ${maxBytes} bytes. To accept larger ones, raise maxBodyBytes`,
  );
}

function isLarger(content: string | Uint8Array, maxBytes: number): boolean {
  if (content.length > maxBytes) return true;
  // A UTF-16 unit is at most three bytes of UTF-8.
  if (typeof content !== "string" || content.length * 3 <= maxBytes) return false;
  return new TextEncoder().encode(content).byteLength > maxBytes;
}

function parsedForm(
  body: URLSearchParams | FormFields,
  type: string | undefined,
  maxBytes: number,
): readonly Parameter[] {
  if (type !== undefined && type !== FORM_TYPE) {
    throw new ConfigurationError("The received request", [UNREADABLE]);
  }
  const form = parametersOf(body);
  if (!form)
    throw malformed("its parsed form has nested fields; pass the text of the form instead");
  checkCount(form.length, "form");
  if (isLarger(form.flat().join("&"), maxBytes)) throw tooLarge(maxBytes);
  return form;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
