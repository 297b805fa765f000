import { describe, expect, it } from "@jest/globals";
import { resolveHost } from "../src/targets/typed/forbidden-addresses.ts";

const namesOf = (addresses: readonly string[]) => () => Promise.resolve(addresses);

describe("the host of a URL that was typed in", () => {
  it.each(["10.0.0.7", "192.168.1.1", "127.0.0.1", "fd12:3456::1", "::1", "93.184.215.14"])(
    "may resolve to %s",
    async (address) => {
      const resolved = await resolveHost(new URL("http://id.internal"), namesOf([address]));
      expect(resolved?.map((each) => each.address)).toEqual([address]);
    },
  );

  it.each(["169.254.169.254", "fe80::1%eth0", "fd00:ec2::254", "::ffff:169.254.169.254"])(
    "may not resolve to %s, not even among others",
    async (address) => {
      const url = new URL("http://metadata.google.internal");
      expect(await resolveHost(url, namesOf(["10.0.0.7", address]))).toBeUndefined();
    },
  );

  it("is not resolved if it is an address", async () => {
    const never = () => Promise.reject(new Error("resolved"));
    expect(await resolveHost(new URL("http://[::1]:3000"), never)).toEqual([
      { address: "::1", family: 6 },
    ]);
  });
});
