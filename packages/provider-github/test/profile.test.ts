import { expect, it } from "@jest/globals";
import { github } from "@grantkit/provider-github";

it("maps all that GitHub has, and keeps the rest", () => {
  const emails = [
    { email: "ada@lovelace.example", primary: true, verified: true, visibility: "private" },
  ];
  const raw = {
    id: 1815,
    login: "ada-l",
    name: "Ada Lovelace",
    email: "public@lovelace.example",
    avatar_url: "https://avatars.githubusercontent.com/u/1815",
    html_url: "https://github.com/ada-l",
    company: "Analytical Engines",
    emails,
  };
  expect(github().profile(raw)).toStrictEqual({
    id: "1815",
    email: "ada@lovelace.example",
    emailVerified: true,
    name: "Ada Lovelace",
    username: "ada-l",
    picture: "https://avatars.githubusercontent.com/u/1815",
    profileUrl: "https://github.com/ada-l",
    raw,
  });
});
