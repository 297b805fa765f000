/** A field of a GraphQL query. */
export interface GraphqlField {
  readonly name: string;
  /** The name of the field in the response. */
  readonly alias: string;
  /** The fields of an object; none for a field without braces. */
  readonly fields: readonly GraphqlField[];
}

const IGNORED = /#[^\n]*|[\s,]+/g;
const TOKEN = /[{}:]|\w+|\([^)]*\)/g;

/**
 * Parses a GraphQL query: nested fields with aliases. Arguments and variables are ignored.
 * Returns undefined for anything else: other operations, fragments, syntax errors.
 */
export function parseQuery(query: string): readonly GraphqlField[] | undefined {
  const text = query.replaceAll(IGNORED, " ");
  if (text.replaceAll(TOKEN, "").trim() !== "") return undefined;
  const tokens: string[] = text.match(TOKEN) ?? [];
  if (tokens[0] === "query") tokens.splice(0, Math.max(1, tokens.indexOf("{")));
  const fields = takeFields(tokens);
  return tokens.length === 0 ? fields : undefined;
}

/** Takes `{ … }` from the tokens; undefined if they do not begin with it. */
function takeFields(tokens: string[]): readonly GraphqlField[] | undefined {
  if (tokens.shift() !== "{") return undefined;
  const fields: GraphqlField[] = [];
  while (tokens[0] !== "}") {
    const field = takeField(tokens);
    if (field === undefined) return undefined;
    fields.push(field);
  }
  tokens.shift();
  return fields.length === 0 ? undefined : fields;
}

function takeField(tokens: string[]): GraphqlField | undefined {
  const alias = tokens.shift();
  if (alias === undefined || !/^[A-Za-z_]/.test(alias)) return undefined;
  const name = tokens[0] === ":" ? tokens.splice(0, 2)[1] : alias;
  if (name === undefined) return undefined;
  if (tokens[0]?.startsWith("(") === true) tokens.shift();
  const fields = tokens[0] === "{" ? takeFields(tokens) : [];
  return fields === undefined ? undefined : { name, alias, fields };
}
