import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/**
 * Addresses that answer with the secrets of the machine they are asked from, whoever asks: link-local ones (RFC 3927, RFC 4291
 * §2.5.6), where clouds have their instance metadata, and the other addresses of such services.
 */
const forbidden = new BlockList();
forbidden.addSubnet("169.254.0.0", 16);
forbidden.addAddress("100.100.100.200"); // Alibaba Cloud
forbidden.addAddress("168.63.129.16"); // Azure
forbidden.addAddress("192.0.0.192"); // Oracle Cloud
forbidden.addSubnet("fe80::", 10, "ipv6");
forbidden.addAddress("fd00:ec2::254", "ipv6"); // AWS
forbidden.addAddress("fd20:ce::254", "ipv6"); // Google Cloud
// Those of 169.254.0.0/16 in IPv6: compatible (RFC 4291 §2.5.5.1), by NAT64 (RFC 6052) and by 6to4 (RFC 3056). Node.js itself
// recognizes mapped ones.
forbidden.addSubnet("::a9fe:0", 112, "ipv6");
forbidden.addSubnet("64:ff9b::a9fe:0", 112, "ipv6");
forbidden.addSubnet("2002:a9fe::", 32, "ipv6");

/** An address that a request may go to. */
interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Whether nothing may be sent to an IP address. */
function isForbiddenAddress(address: string): boolean {
  const [plain = ""] = address.split("%");
  return forbidden.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

/**
 * Resolves the host of a URL; undefined if one of its addresses is forbidden. The caller connects to what this returns: the name
 * may resolve to another address a moment later.
 *
 * @throws The error of the resolver, for example ENOTFOUND.
 */
export async function resolveHost(
  { hostname }: URL,
  resolve: typeof resolveByDns = resolveByDns,
): Promise<readonly Address[] | undefined> {
  // A URL has IPv4 addresses in their usual form, whether they were typed in as decimals, octals or hexadecimals.
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  if (addresses.some(isForbiddenAddress)) return undefined;
  return addresses.map((address) => ({ address, family: isIP(address) === 6 ? 6 : 4 }));
}

async function resolveByDns(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
