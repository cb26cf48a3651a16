import { hostname, networkInterfaces } from 'node:os';

const LOOPBACK_V4 = ['127.0.0.1', 'localhost'];
const LOOPBACK_V6 = ['[::1]', 'localhost'];

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The values of the Host header that a listener serves. Any other name that leads here is one that somebody else has
 * pointed at this machine (DNS rebinding): a page of that name would be of the same origin as the listener.
 */
export function servedHosts(address: string, port: number, extraNames: readonly string[] = []): ReadonlySet<string> {
  const names = [...namesOf(address), ...extraNames].map((name) => name.toLowerCase());
  return new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])));
}

function namesOf(address: string): string[] {
  switch (address) {
    case '127.0.0.1':
      return LOOPBACK_V4;
    case '::1':
      return LOOPBACK_V6;
    case '0.0.0.0':
    case '::':
      return [...LOOPBACK_V4, ...LOOPBACK_V6, hostname(), ...ownAddresses()];
    default:
      return [inUrl(address)];
  }
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => inUrl(address)));
}

/** An address as it stands in a URL. */
export function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
