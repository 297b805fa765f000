import type { ReceivedRequest } from "@grantkit/oauth1";
import { ErrorPage } from "../error-page.ts";
import type { Exchange } from "../exchanges/exchange-log.ts";

/** Reads a request as it is written in HTTP: the request line, the headers, an empty line and the body. */
export function parseRequest(text: string): ReceivedRequest {
  const [head = "", ...rest] = text.replaceAll("\r\n", "\n").split("\n\n");
  const [line = "", ...fields] = head.split("\n");
  const [, method, location] = /^([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?$/.exec(line.trim()) ?? [];
  const headers = fields.map((field): [string, string] => {
    const at = field.indexOf(":");
    return [field.slice(0, at).trim(), field.slice(at + 1).trim()];
  });
  const host = headers.find(([name]) => /^host$/i.test(name))?.[1];
  const base = host === undefined ? undefined : `https://${host}`;
  if (method === undefined || location === undefined || !URL.canParse(location, base)) {
    throw UNREADABLE;
  }
  const named = headers.filter(([name]) => /^[\w-]+$/.test(name));
  const body = rest.join("\n\n").replace(/\n$/, "");
  return {
    method,
    url: new URL(location, base),
    headers: named,
    ...(body !== "" && { body }),
  };
}

/** Describes a request that the playground sent as its receiver gets it. */
export function receivedRequest(exchange: Exchange): ReceivedRequest {
  const { method, url, requestHeaders: headers = {}, requestBody: body } = exchange;
  return { method, url, headers, ...(body !== undefined && { body }) };
}

const UNREADABLE = new ErrorPage(400, {
  title: "That is not a request",
  text: "The first line must be a method and an absolute URL, such as GET https://api.example.com/me, or a path with a Host header below.",
  code: "FIELD_INVALID",
});
