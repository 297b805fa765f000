import { describe, expect, it } from "@jest/globals";
import { github } from "@grantkit/provider-github";

const provider = github();
const good = { email: "ada@lovelace.example", primary: true, verified: true };

describe("a profile of undocumented data", () => {
  it.each([
    null,
    "x",
    {},
    [null, 7, "x"],
    [{ ...good, verified: "true" }],
    [{ ...good, primary: 1 }],
    [{ ...good, email: null }],
  ])("has no address when the list is %j", (emails) => {
    const { email, emailVerified } = provider.profile({
      id: 1,
      email: "public@example.com",
      emails,
    });
    expect({ email, emailVerified }).toEqual({ email: undefined, emailVerified: undefined });
  });

  it("finds the address among malformed entries", () => {
    expect(provider.profile({ id: 1, emails: [null, { email: "x" }, good] })).toMatchObject({
      email: "ada@lovelace.example",
      emailVerified: true,
    });
  });

  it("keeps a noreply address", () => {
    const email = "1815+ada-l@users.noreply.github.com";
    expect(provider.profile({ id: 1, emails: [{ ...good, email }] }).email).toBe(email);
  });

  it("falls back to the login for the name, and makes up no id", () => {
    expect(provider.profile({ id: 1815, login: "ada-l", name: null })).toMatchObject({
      id: "1815",
      name: "ada-l",
    });
    expect(provider.profile({ id: null, login: "ada-l" }).id).toBe("");
  });
});

it.each([{}, { error: "bad_verification_code", message: "x" }, { message: 7 }, { message: null }])(
  "no error of the API is read from %j",
  (body) => expect(provider.readError?.(body)).toBeUndefined(),
);
