import { unsignable } from "../errors.ts";
import {
  type EncodedParameter,
  encodedParameters,
  formOf,
  type Parameter,
  parseForm,
} from "./parameters.ts";

/** The media type of forms (RFC 5849 §3.4.1.3.1). */
export const FORM_TYPE = "application/x-www-form-urlencoded";

/** A body that is a form: its parameters are signed. */
interface FormBody {
  readonly kind: "form";
  readonly parameters: readonly EncodedParameter[];
  /** The form as text. */
  readonly text: string;
  /** What is sent. */
  readonly body: unknown;
  /** Whether the request needs the `Content-Type` of forms. */
  readonly typeMissing: boolean;
}

/** Another body, or none: the signature covers it only by a body hash. */
interface OpaqueBody {
  readonly kind: "none" | "opaque";
  /** The text fields of a multipart form, if the provider has them signed; else none. */
  readonly parameters: readonly EncodedParameter[];
  readonly body: unknown;
  /** What a body hash covers; undefined if it cannot be read here, as a stream. */
  readonly content: string | Uint8Array | undefined;
}

/** A body, parsed. */
export type ReadBody = FormBody | OpaqueBody;

const NONE: readonly EncodedParameter[] = [];

/** The characters of a form, as in requests-oauthlib: no JSON has only these, except a single word or number. */
const LOOKS_LIKE_FORM = /^[\w.~%&=+;:,*@!()/?'$-]+$/;
/** What no form contains: white space, control characters, non-ASCII, and what every form encoder encodes. */
const IN_NO_FORM = /[^\x21-\x7e]|["#<>\\^`{|}]/;

const WRONG_TYPE =
  "its body is parameters, which are sent as a form, but its Content-Type is another. Leave Content-Type out, or pass the body as text";
const MULTIPART =
  "its Content-Type is multipart, but its body is parameters. Leave Content-Type out to send a form, or pass a FormData";
const UNREADABLE_FIELDS =
  "its provider requires a signature over the text fields of a multipart form, which cannot be read from this body. Pass a FormData";
const NO_FIELD =
  "a field of its body is neither text, number nor boolean, nor an array of them. A form has no other values: pass them as text, or the whole body as text with its Content-Type";
const UNDECODABLE = `its Content-Type is ${FORM_TYPE} (which axios sets for text and bytes without one), but its body is not decodable as a form. Set the right Content-Type, or percent-encode the body as UTF-8`;

/**
 * Reads a body as far as the signature needs it (RFC 5849 §3.4.1.3.1).
 *
 * @param signsMultipartFields - Whether the provider has the text fields of a multipart form signed.
 * @throws OAuthError with code `REQUEST_UNSIGNABLE` for a body that does not match its Content-Type.
 */
export function readBody(
  body: unknown,
  contentType: string | undefined,
  signsMultipartFields: boolean,
): ReadBody {
  if (body === undefined || body === null)
    return { kind: "none", parameters: NONE, body, content: undefined };
  const type = mediaType(contentType);
  if (isParameters(body)) return parametersBody(body, type);
  if (signsMultipartFields && type?.startsWith("multipart/")) return multipartBody(body);
  const content = contentOf(body);
  if (type === FORM_TYPE) return declaredForm(body, content);
  if (content?.length === 0) return { kind: "none", parameters: NONE, body, content: undefined };
  const form = type === undefined ? undeclaredForm(content) : undefined;
  return form ?? { kind: "opaque", parameters: NONE, body, content };
}

/** The media type of a Content-Type header, without its parameters. */
export function mediaType(contentType: string | undefined): string | undefined {
  const [type] = contentType?.split(";", 1) ?? [];
  return type?.trim().toLowerCase() || undefined;
}

function declaredForm(body: unknown, content: string | Uint8Array | undefined): FormBody {
  if (content === undefined) throw unsignable(UNDECODABLE);
  const text = typeof content === "string" ? content : asciiOf(content);
  const read = IN_NO_FORM.test(text) ? undefined : parseForm(text);
  if (read === undefined) throw unsignable(UNDECODABLE);
  return { kind: "form", parameters: encodedParameters(read), text, body, typeMissing: false };
}

/** The form that a text without a Content-Type is, if it looks like one. */
function undeclaredForm(content: string | Uint8Array | undefined): FormBody | undefined {
  if (typeof content !== "string" || !LOOKS_LIKE_FORM.test(content)) return undefined;
  const read = parseForm(content);
  if (read === undefined) return undefined;
  const parameters = encodedParameters(read);
  return { kind: "form", parameters, text: content, body: content, typeMissing: true };
}

/** Bytes as text, one character for each byte, so that bytes which are not ASCII can be found. */
function asciiOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function multipartBody(body: unknown): OpaqueBody {
  if (!(body instanceof FormData)) throw unsignable(UNREADABLE_FIELDS);
  const fields = [...body].filter(
    (field): field is [string, string] => typeof field[1] === "string",
  );
  // As they are sent: a multipart form has no other line ends.
  const sent = fields.map(([name, text]) => [name, text.replaceAll(/\r\n?|\n/g, "\r\n")] as const);
  return { kind: "opaque", parameters: encodedParameters(sent), body, content: undefined };
}

function parametersBody(body: URLSearchParams | FormFields, type: string | undefined): ReadBody {
  if (type?.startsWith("multipart/")) throw unsignable(MULTIPART);
  if (type !== undefined && type !== FORM_TYPE) throw unsignable(WRONG_TYPE);
  const read = parametersOf(body);
  if (read === undefined) throw unsignable(NO_FIELD);
  const parameters = encodedParameters(read);
  const text = isSearchParams(body) ? body.toString() : formOf(parameters);
  // No body at all, which fetch() requires of a GET.
  if (text === "") return { kind: "none", parameters: NONE, body: undefined, content: undefined };
  return { kind: "form", parameters, text, body: text, typeMissing: type === undefined };
}

/** A form as an object. A field with an array is sent once for each value; an undefined field is not sent. */
export type FormFields = Readonly<Record<string, FormValue | readonly FormValue[] | undefined>>;

/** A value of a form's field. */
export type FormValue = string | number | boolean;

function fieldsOf(form: FormFields): Parameter[] | undefined {
  const parameters: Parameter[] = [];
  for (const [name, value] of Object.entries(form)) {
    for (const each of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (each === undefined) continue;
      if (typeof each !== "string" && typeof each !== "number" && typeof each !== "boolean") {
        return undefined;
      }
      parameters.push([name, String(each)]);
    }
  }
  return parameters;
}

/** The parameters of a form; undefined if a value is neither text, number nor boolean, nor an array of them. */
export function parametersOf(body: URLSearchParams | FormFields): Parameter[] | undefined {
  return isSearchParams(body) ? [...body] : fieldsOf(body);
}

/** Whether a body is a form as `URLSearchParams` or an object. */
export function isParameters(body: unknown): body is URLSearchParams | FormFields {
  return isSearchParams(body) || isPlainObject(body);
}

function isSearchParams(body: unknown): body is URLSearchParams {
  return Object.prototype.toString.call(body) === "[object URLSearchParams]";
}

function isPlainObject(body: unknown): boolean {
  if (Object.prototype.toString.call(body) !== "[object Object]") return false;
  const prototype: unknown = Object.getPrototypeOf(body);
  // Objects of another realm, too: their prototype has none.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A body as text or bytes; undefined if it has to be read asynchronously. */
export function contentOf(body: unknown): string | Uint8Array | undefined {
  if (typeof body === "string") return body;
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  }
  return Object.prototype.toString.call(body) === "[object ArrayBuffer]"
    ? new Uint8Array(body as ArrayBuffer)
    : undefined;
}
