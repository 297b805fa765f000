import { describe, expect, it } from "@jest/globals";
import { publicOrigin, wantedPort } from "../src/settings.ts";

describe("PUBLIC_URL", () => {
  it("is an origin, with or without the slash", () => {
    expect(publicOrigin("https://demo.example.com")).toBe("https://demo.example.com");
    expect(publicOrigin("https://Demo.Example.com:8443/")).toBe("https://demo.example.com:8443");
  });

  it("may be missing or empty", () => {
    expect([publicOrigin(undefined), publicOrigin("")]).toEqual([undefined, undefined]);
  });

  it.each([
    "foo",
    "demo.example.com",
    "localhost:3000",
    "ftp://demo.example.com",
    "https://demo.example.com/demo",
    "https://demo.example.com/?x=1",
    "https://demo.example.com/#",
    "https://user:password@demo.example.com",
  ])("cannot be %s", (text) => {
    expect(() => publicOrigin(text)).toThrow(
      "PUBLIC_URL must be an origin, for example https://demo.example.com.",
    );
  });
});

describe("PORT", () => {
  it("is 3000 by default", () => {
    expect([wantedPort(undefined), wantedPort(""), wantedPort("8080")]).toEqual([3000, 3000, 8080]);
  });

  it.each(["0", "65536", "-1", "80a", "http"])("cannot be %s", (text) => {
    expect(() => wantedPort(text)).toThrow("PORT must be a number from 1 to 65535.");
  });
});
