import type { Run } from "../runs/run.ts";
import type { Exchange } from "./exchange-log.ts";

/** Whether a text is in an address, a header field or a body of a run, whatever its case; secrets are searched too. */
export function runHas({ exchanges, target, flow }: Run, text: string): boolean {
  const wanted = text.toLowerCase();
  return [target.title, flow.title, ...exchanges.flatMap(textsOf)].some((each) =>
    each.toLowerCase().includes(wanted),
  );
}

function textsOf({ url, requestBody = "", responseBody = "", ...rest }: Exchange): string[] {
  const headers = { ...rest.requestHeaders, ...rest.responseHeaders };
  const parameters = [...new URL(url).searchParams, ...new URLSearchParams(requestBody)];
  return [
    url,
    requestBody,
    responseBody,
    ...parameters.map(([name, value]) => `${name}=${value}`),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
}
