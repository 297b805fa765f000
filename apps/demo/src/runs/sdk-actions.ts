import type { Exchange } from "../exchanges/exchange-log.ts";
import type { RunError } from "./run-error.ts";
import type { Run } from "./run.ts";

/** Statuses that the SDK retries a request after. */
const TRANSIENT: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const SLOW = 900;

/** What the SDK did, as sentences: read off the run's exchanges and its error. */
export function sdkActions(run: Run): readonly string[] {
  const sent = run.exchanges.filter(isSent);
  if (sent.length === 0) return run.error ? [refusal(run)] : [];
  const attempts = attemptsOf(sent);
  return [
    ...attempts.flatMap(retryOf),
    ...refreshOf(sent),
    ...(sent.some(hasKeys)
      ? ["It fetched the provider's public keys, to check the signature."]
      : []),
    ...sent
      .filter(isLate)
      .map(({ milliseconds }) => `It waited ${milliseconds} ms for the answer.`),
    ...ending(run, attempts),
  ];
}

/** The exchange that the error is about; undefined if there was none, or no error. */
export function failedExchange({
  error,
  exchanges,
}: Pick<Run, "error"> & { readonly exchanges: readonly Exchange[] }): Exchange | undefined {
  if (!error) return undefined;
  const isAboutIdToken = error.code === "ID_TOKEN_INVALID" || error.code === "CLOCK_SKEW";
  const about = isAboutIdToken ? exchanges.findLast(hasIdToken) : undefined;
  return about ?? exchanges.at(-1);
}

const isSent = ({ between }: Exchange): boolean => between === "demo → provider";
const hasIdToken = ({ between, url, responseBody = "" }: Exchange): boolean =>
  between === "browser → demo" ? url.includes("id_token=") : responseBody.includes('"id_token"');
const hasKeys = ({ responseBody }: Exchange): boolean => responseBody?.includes('"keys"') ?? false;
const isLate = ({ milliseconds = 0, status }: Exchange): boolean =>
  status !== undefined && milliseconds >= SLOW;

function refusal({ exchanges, cameBack, fault }: Run): string {
  if (fault?.elsewhere) {
    return "It was not called: the session of the other browser has nothing of this sign-in to go on with. No code was used.";
  }
  if (!cameBack) return "It refused the call before it sent anything.";
  if (exchanges.some(hasIdToken)) {
    return "It checked the ID token in the callback, and dropped the access token with it.";
  }
  return exchanges.at(-1)?.failure?.startsWith("error=")
    ? "It read the error in the callback, and sent nothing."
    : "It checked the callback, and refused it before it sent anything: no code was used.";
}

/** Requests to one URL, one after the other. */
type Attempts = readonly [Exchange, ...Exchange[]];

function attemptsOf(sent: readonly Exchange[]): readonly Attempts[] {
  const all: [Exchange, ...Exchange[]][] = [];
  for (const exchange of sent) {
    const last = all.at(-1);
    const before = last?.at(-1);
    if (last && before && isTransient(before) && isSame(before, exchange)) last.push(exchange);
    else all.push([exchange]);
  }
  return all;
}

const isSame = (one: Exchange, other: Exchange): boolean =>
  one.method === other.method && one.url === other.url;

function isTransient({ status, failure }: Exchange): boolean {
  return status === undefined ? failure !== undefined : TRANSIENT.has(status);
}

function retryOf(attempts: Attempts): string[] {
  if (attempts.length === 1) return [];
  const last = attempts.at(-1) as Exchange;
  const answers = attempts.map(answerOf).join(", then ");
  const asked = attempts[0].responseHeaders?.["retry-after"];
  const pause =
    asked === undefined ? "after short pauses" : `after the ${asked} s that it asked for`;
  const end = isTransient(last)
    ? "Then it gave up."
    : "The retry succeeded, and the app notices nothing but the time.";
  return [`It sent ${nameOf(last)} ${attempts.length} times, ${pause}: ${answers}. ${end}`];
}

function refreshOf(sent: readonly Exchange[]): string[] {
  const refresh = sent.findIndex(({ requestBody }) =>
    requestBody?.includes("grant_type=refresh_token"),
  );
  const before = sent[refresh - 1];
  const after = sent[refresh + 1];
  if (before?.status !== 401 || !after || !isSame(before, after)) return [];
  return [
    `The API answered 401, so it refreshed the token, and sent the request once more: ${answerOf(after)}.`,
  ];
}

function ending({ error, outcome }: Run, attempts: readonly Attempts[]): string[] {
  const last = attempts.at(-1);
  if (!error) return outcome && attempts.every(({ length }) => length === 1) ? [TOOK_IT] : [];
  const isAlone = last?.length === 1 && isTransient(last[0]) && error.code !== "RESPONSE_TOO_LARGE";
  return [
    ...(isAlone ? [notRetried(last[0])] : []),
    ...checked(error.code),
    ...readError(error),
    "After that, it sent nothing further.",
  ];
}

const TOOK_IT = "It found nothing to refuse, and took the answer as it is.";

function checked(code: string): string[] {
  if (code === "ID_TOKEN_INVALID" || code === "CLOCK_SKEW") {
    return ["It checked the ID token before it returned a token, and dropped all of the answer."];
  }
  if (code === "TOKEN_RESPONSE_INVALID") return ["It took no token out of that answer."];
  return code === "RESPONSE_TOO_LARGE" ? ["It stopped reading at its limit."] : [];
}

/** Says how a provider's own word became the code. */
function readError({ code, fields }: RunError): string[] {
  const word = fields?.["error"];
  if (typeof word !== "string" || code === "API error") return [];
  return [`It read the error ${word} in the answer, and gave it the code ${code}.`];
}

function notRetried({ method, failure, responseHeaders }: Exchange): string {
  const asked = responseHeaders?.["retry-after"];
  if (failure === "ERR_CANCELED") return "It gave up when its time limit had passed.";
  if (method === "POST") {
    return "It did not retry: the request spends something, and the server may have carried it out.";
  }
  return asked === undefined
    ? "It did not retry."
    : `It did not retry: ${asked} s are longer than a request may take.`;
}

function answerOf({ status, failure }: Exchange): string {
  return status === undefined ? (failure ?? "no answer") : `${status}`;
}

/** The method and the path of an exchange. */
export function nameOf({ method, url }: Exchange): string {
  return `${method} ${new URL(url.split("?", 1)[0] ?? url).pathname}`;
}
