import type { OAuth1Session } from "@grantkit/oauth1";
import { ErrorPage } from "../error-page.ts";
import type { Field } from "../flows/flow.ts";
import type { FormValues } from "../flows/form-values.ts";
import type { OAuth1Target } from "./oauth1-target.ts";

const FORM = { engine: "Analytical & difference", price: "100 % of £17,000" };
const JSON_BODY = { note: "G", numbers: [1, -1, 42] };

/** A kind of request, each of which is signed in another way. */
type RequestKind = "get" | "form" | "json";

const LABELS: Readonly<Record<RequestKind, string>> = {
  get: "GET",
  form: "POST, a form (the signature covers its fields)",
  json: "POST, JSON (the signature covers its hash)",
};

/** The fields of what to send. */
export function requestFields(
  { profile, echo }: OAuth1Target,
  path: string = profile,
): readonly Field[] {
  const kinds: readonly RequestKind[] = echo === undefined ? ["get"] : ["get", "form", "json"];
  return [
    {
      name: "request",
      label: "What to send",
      kind: "choice",
      options: kinds.map((value) => ({ value, label: LABELS[value] })),
    },
    {
      name: "url",
      label: "Path or URL",
      kind: "text",
      hint: echo === undefined ? "Of a GET." : `Of a GET; a POST goes to ${echo} if it is empty.`,
      initial: path,
    },
  ];
}

/** Sends the request that the person chose. */
export async function sendRequest(
  session: OAuth1Session,
  target: OAuth1Target,
  values: FormValues,
): Promise<unknown> {
  const { kind, path } = chosenRequest(target, values);
  if (kind === "form") {
    return (await session.post<unknown>(path, new URLSearchParams(FORM))).data;
  }
  if (kind === "json") {
    const headers = { "Content-Type": "application/json" };
    return (await session.post<unknown>(path, JSON.stringify(JSON_BODY), { headers })).data;
  }
  return (await session.get<unknown>(path)).data;
}

/** Renders the statement that sends the request. */
export function requestCode(target: OAuth1Target, values: FormValues): string {
  const { kind, path } = chosenRequest(target, values);
  const url = JSON.stringify(path);
  const form = `session.post(${url}, new URLSearchParams(${JSON.stringify(FORM)}))`;
  const json = `session.post(${url}, JSON.stringify(${JSON.stringify(JSON_BODY)}), {
    headers: { "Content-Type": "application/json" },
  })`;
  return { get: `session.get(${url})`, form, json }[kind];
}

function chosenRequest(
  { profile, echo }: OAuth1Target,
  values: FormValues,
): { readonly kind: RequestKind; readonly path: string } {
  const text = values.text("request");
  const kind: RequestKind = text === "form" || text === "json" ? text : "get";
  const typed = values.text("url");
  if (kind === "get") return { kind, path: typed ?? profile };
  if (echo === undefined) throw NO_ECHO;
  // What the form began with is for a GET.
  return { kind, path: typed === undefined || typed === profile ? echo : typed };
}

const NO_ECHO = new ErrorPage(400, {
  title: "Nothing to post to",
  text: "The playground knows no path of this API that takes a POST. Choose GET.",
  code: "FIELD_INVALID",
});
