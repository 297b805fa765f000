import { createHash } from "node:crypto";
import { jsonReply } from "../oauth/replies.ts";
import type { ApiCall } from "./api-call.ts";
import type { ParameterPair } from "./parameter-pairs.ts";
import { textOf } from "./percent-encoding.ts";

/** Tells what arrived, and by whom: parameters as pairs, the body by its size and SHA-256. */
export async function echo({ c, received, consumer, token, method }: ApiCall): Promise<Response> {
  const body = Buffer.from(await c.req.arrayBuffer());
  return jsonReply({
    method: c.req.method,
    path: c.get("received").path,
    consumer: consumer.key,
    user: token?.user.screenName ?? null,
    signatureMethod: method,
    placement: received.placement,
    query: received.query.map(asText),
    form: received.form?.map(asText) ?? null,
    json: c.req.header("content-type")?.includes("json") === true ? parsed(body) : null,
    contentType: c.req.header("content-type") ?? null,
    bodyBytes: body.length,
    bodySha256: createHash("sha256").update(body).digest("hex"),
    bodyHashChecked: received.oauth.has("oauth_body_hash"),
  });
}

function asText({ name, value }: ParameterPair): readonly [string, string] {
  return [textOf(name), textOf(value)];
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}
