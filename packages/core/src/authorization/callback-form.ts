import type { OAuthError } from "../errors/oauth-error.ts";
import { isObject } from "../options/option-rules.ts";

/** A request of Node's `http`, as it is or as Express, Fastify and other frameworks extend it. */
export interface NodeRequest {
  /** In upper case. */
  readonly method?: string | undefined;
  /** The path with its query. */
  readonly url?: string | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What a body parser made of the body: an object, or its text. Without it the body is read from the request. */
  readonly body?: unknown;
}

/** Characters of a callback's form: more than any provider sends, few enough to be held. */
const LONGEST_FORM = 64 * 1024;

type Refuse = (message: string) => OAuthError;

const UNREADABLE = "The callback's form broke off. Let the user start again.";
const READ_BEFORE =
  "The request's body was read before. Pass the parsed form: request.body, or URLSearchParams.";

/**
 * Reads the form that a request posts.
 *
 * @param refuse - Makes the error of a form that cannot be read.
 */
export async function formOfRequest(
  request: Request | NodeRequest,
  type: string,
  refuse: Refuse,
): Promise<URLSearchParams> {
  const { body } = request;
  const isStream = body instanceof ReadableStream;
  const parsed = isStream ? undefined : parsedForm(body);
  if (parsed instanceof URLSearchParams && parsed.size > 0) return parsed;
  if (parsed && !(parsed instanceof URLSearchParams)) {
    throw refuse(
      `The callback's field ${parsed.unusable} is not text. Pass the form as it was posted.`,
    );
  }
  if (/^multipart/i.test(type)) {
    throw refuse(
      "The callback is a multipart form. Pass it parsed: request.body, or its FormData.",
    );
  }
  const chunks =
    isStream || "bodyUsed" in request ? webChunks(request as Request) : nodeChunks(request);
  if (!chunks) throw refuse(READ_BEFORE);
  return new URLSearchParams(await readText(chunks, refuse));
}

/** Reads what a body parser left: an object, a text or bytes; undefined for anything else. */
function parsedForm(body: unknown): ReturnType<typeof parametersOf> {
  if (typeof body === "string") return new URLSearchParams(body);
  if (body instanceof Uint8Array) return new URLSearchParams(new TextDecoder().decode(body));
  return isObject(body) ? parametersOf(body) : undefined;
}

/**
 * Reads parsed parameters: URLSearchParams, FormData, or a plain object of texts and of lists of texts.
 *
 * @returns the field that is no text; undefined for any other object.
 */
export function parametersOf(
  fields: object,
): URLSearchParams | { readonly unusable: string } | undefined {
  if (fields instanceof URLSearchParams) return fields;
  const prototype: unknown = Object.getPrototypeOf(fields);
  const isForm = fields instanceof FormData;
  if (!isForm && prototype !== null && Object.getPrototypeOf(prototype) !== null) return undefined;
  const parameters = new URLSearchParams();
  for (const [name, value] of isForm ? [...fields] : Object.entries(fields)) {
    for (const part of [value ?? []].flat() as unknown[]) {
      if (typeof part !== "string")
        return { unusable: /^\w{1,40}$/.test(name) ? name : "of another kind" };
      parameters.append(name, part);
    }
  }
  return parameters;
}

type Chunks = AsyncIterator<Uint8Array | string>;

/** Gives the body of a web-standard request; undefined for one that was read before. */
function webChunks(request: Request): Chunks | undefined {
  if (request.bodyUsed || request.body?.locked) return undefined;
  const reader = request.body?.getReader();
  return {
    next: async () =>
      (await (reader?.read() ?? { done: true, value: undefined })) as IteratorResult<Uint8Array>,
    // Not awaited: a body that others hold on to as well never reports that it was canceled.
    async return() {
      void reader?.cancel().catch(() => undefined);
      return { done: true, value: undefined };
    },
  };
}

/** The part of Node's Readable that is used. */
interface NodeStream {
  readonly readableDidRead?: boolean;
  readonly readableEnded?: boolean;
  readonly destroyed?: boolean;
  iterator?(options: { destroyOnReturn: boolean }): Chunks;
}

/** Gives the body of one of Node's requests, which stays open so that it can be answered; undefined for one that was read. */
function nodeChunks(request: NodeRequest): Chunks | undefined {
  // Fastify keeps Node's own request here.
  const { raw = request } = request as { readonly raw?: object };
  const stream = raw as NodeStream;
  if (stream.readableDidRead || stream.readableEnded || stream.destroyed) return undefined;
  return stream.iterator?.({ destroyOnReturn: false });
}

async function readText(chunks: Chunks, refuse: Refuse): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await chunks.next().catch(() => {
      throw refuse(UNREADABLE);
    });
    if (done) return text + decoder.decode();
    text += typeof value === "string" ? value : decoder.decode(value, { stream: true });
    if (text.length > LONGEST_FORM) {
      await chunks.return?.();
      throw refuse(
        "The callback's form is larger than 64 KB, which no sign-in needs. Let the user start again.",
      );
    }
  }
}
