import ipaddr from 'ipaddr.js';

/** What a session may connect to. */
export interface EgressRules {
  /** Whether private addresses can be reached, as from a VPC. */
  readonly privateAddresses: boolean;
  /** This machine's own addresses. */
  readonly ownAddresses: readonly string[];
}

/** Where clouds serve credentials to their machines, beside the link-local addresses, which are all refused. */
const METADATA = [
  'fd00:ec2::/32', // AWS, by IPv6
  '100.100.100.200/32', // Alibaba Cloud
  '168.63.129.16/32', // Azure
  '192.0.0.192/32', // Oracle Cloud
  'fd20:ce::254/128', // Google Cloud, by IPv6
].map((range) => ipaddr.parseCIDR(range));

const PRIVATE_RANGES = new Set(['private', 'carrierGradeNat', 'uniqueLocal']);
/** All of IPv6 that is on the internet; the rest is reserved or means something special. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');
const RANGE_NAMES: Readonly<Record<string, string>> = {
  loopback: 'a loopback address',
  linkLocal: 'a link-local address, such as that of the metadata service',
  private: 'a private address',
  carrierGradeNat: 'a private address',
  uniqueLocal: 'a private address',
  multicast: 'a multicast address',
  broadcast: 'a broadcast address',
  unspecified: 'the unspecified address',
};

/** Why a session must not connect to an IP address; undefined when it may. */
export function refusalOf(address: string, rules: EgressRules): string | undefined {
  const parsed = parse(address);
  if (parsed === undefined) {
    return 'not an IP address';
  }
  if (rules.ownAddresses.some((own) => parse(own)?.toNormalizedString() === parsed.toNormalizedString())) {
    return "one of this machine's own addresses";
  }
  if (METADATA.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits))) {
    return 'the address of a metadata service';
  }
  const embedded = parsed.kind() === 'ipv6' ? embeddedIpv4(parsed as ipaddr.IPv6) : undefined;
  if (embedded !== undefined) {
    return refusalOf(embedded, rules);
  }
  const range = parsed.range();
  const isGlobal = range === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(...GLOBAL_IPV6));
  if (isGlobal || (rules.privateAddresses && PRIVATE_RANGES.has(range))) {
    return undefined;
  }
  return RANGE_NAMES[range] ?? 'a reserved address';
}

/** The address without its zone, with an IPv4 address that is mapped to IPv6 as that IPv4 address. */
function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const text = address.replace(/^([^%]*:[^%]*)%\w+$/, '$1');
  // Only four decimal numbers: what else ipaddr.js takes for IPv4, others may read differently.
  const isAddress = text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  return isAddress ? ipaddr.process(text) : undefined;
}

/** The IPv4 address that a gateway would connect to instead: NAT64 (RFC 6052) and 6to4 (RFC 3056). */
function embeddedIpv4(address: ipaddr.IPv6): string | undefined {
  const bytes = address.toByteArray();
  switch (address.range()) {
    case 'rfc6052':
      return bytes.slice(12).join('.');
    case '6to4':
      return bytes.slice(2, 6).join('.');
    default:
      return undefined;
  }
}
