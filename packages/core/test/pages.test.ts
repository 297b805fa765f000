import { beforeEach, describe, expect, it } from "@jest/globals";
import type { OAuth2Session, SessionRequestConfig } from "@grantkit/core";
import { ExampleProvider } from "./support/example-provider.ts";
import { closedAfterAll } from "./support/running.ts";
import { thrown } from "./support/thrown.ts";

let example: ExampleProvider;
let session: OAuth2Session;
const running = closedAfterAll();

beforeEach(async () => {
  example = await running(ExampleProvider.start());
  session = example.client({ retries: false }).session(example.grant({ accessToken: "at-1" }));
});

/** Lets the API answer with a Link header for each page number; the header may be a function of it. */
const paged = (link: (page: number) => string | undefined) => {
  example.api = ({ url }) => {
    const page = Number(new URL(url, example.origin).searchParams.get("page") ?? 1);
    const header = link(page);
    return { body: [page], headers: header === undefined ? {} : { link: header } };
  };
};
const pagesOf = async (url = "/things", config?: SessionRequestConfig, most = 10) => {
  const all: number[] = [];
  for await (const { data } of session.pages<number[]>(url, config)) {
    all.push(...data);
    if (all.length === most) break;
  }
  return all;
};
const asked = () => example.apiRequests.map(({ url }) => url);

describe("session.pages()", () => {
  it("follows rel=next with the token until there is none", async () => {
    paged((page) => {
      const last = `<${example.origin}/api/things?page=3>; rel="last"`;
      return page < 3
        ? `<${example.origin}/api/things?page=${page + 1}>; rel="next", ${last}`
        : last;
    });
    expect(await pagesOf()).toEqual([1, 2, 3]);
    expect(asked()).toEqual(["/api/things", "/api/things?page=2", "/api/things?page=3"]);
    const tokens = example.apiRequests.map(({ headers }) => headers.authorization);
    expect(new Set(tokens)).toEqual(new Set(["Bearer at-1"]));
  });

  it("asks for a page only when it is wanted", async () => {
    paged((page) => `</api/things?page=${page + 1}>; rel=next`);
    expect(await pagesOf("/things", undefined, 2)).toEqual([1, 2]);
    expect(asked()).toHaveLength(2);
    session.pages("/things");
    expect(asked()).toHaveLength(2);
  });

  it("sends params with the first page alone, and headers with all", async () => {
    paged((page) => (page < 2 ? "<?page=2&size=5>; rel=next" : undefined));
    await pagesOf("/things", { params: { size: 5 }, headers: { "X-Test": "1" } });
    expect(asked()).toEqual(["/api/things?size=5", "/api/things?page=2&size=5"]);
    expect(example.apiRequests.map(({ headers }) => headers["x-test"])).toEqual(["1", "1"]);
  });

  it.each([
    ['<?page=2>; rel="next"'],
    ["<?page=2>;rel=next"],
    ['<?page=2>; title="a, <b>; rel=x"; REL="Last Next"'],
    ['<?page=9>; rel="prev", <?page=2>; rel="next"; type="text/html"'],
    ['<?page=9>; title="rel=next"; rel="first" , <?page=2>; rel="next"'],
  ])("reads the header %s", async (link) => {
    paged((page) => (page === 1 ? link : undefined));
    expect(await pagesOf()).toEqual([1, 2]);
  });

  it.each(["", "nonsense", "<?page=2>", '<?page=2>; rel="nextish"', '?page=2; rel="next"'])(
    "has one page for the header %j",
    async (link) => {
      paged(() => link);
      expect(await pagesOf()).toEqual([1]);
    },
  );

  it("does not go to another origin, with the token or without it", async () => {
    const link = '<https://evil.example/things?page=2>; rel="next"';
    example.server.answer = () => ({ body: [1], headers: { link } });
    for (const config of [{}, { withholdToken: true }]) {
      const error = await thrown(pagesOf("/things", config));
      expect(error).toMatchObject({
        code: "ORIGIN_NOT_ALLOWED",
        details: { origin: "https://evil.example" },
      });
    }
  });

  it("throws for links in a circle, and for a link that is no URL", async () => {
    paged((page) => `<?page=${page === 1 ? 2 : 1}>; rel=next`);
    expect(await thrown(pagesOf("/things?page=1"))).toMatchObject({ code: "API_REQUEST_FAILED" });
    expect(asked()).toHaveLength(2);
    paged(() => "<http://[>; rel=next");
    expect(await thrown(pagesOf())).toMatchObject({ code: "URL_INVALID" });
  });

  it("throws the error of a page, after the pages before it", async () => {
    paged((page) => (page < 2 ? "<?page=2>; rel=next" : undefined));
    const { api } = example;
    example.api = (request, response) =>
      request.url.includes("page=2") ? { status: 500 } : api(request, response);
    const seen: number[] = [];
    const read = async () => {
      for await (const { data } of session.pages<number[]>("/things")) seen.push(...data);
    };
    expect(await thrown(read())).toMatchObject({ status: 500 });
    expect(seen).toEqual([1]);
  });

  it("reads a header of 100,000 characters that is no link without delay", async () => {
    const { nextLink } = await import("../src/requests/pages.ts");
    for (const text of ["<", "<a>;", "<a>; b", '<a>; b="', " ", "<a>; \t"]) {
      expect(nextLink(text.repeat(100_000 / text.length))).toBeUndefined();
    }
  });
});
