import { refusalOf } from '../../../lib/local/sandbox/egress-policy';

const OWN = ['127.0.0.1', '::1', '203.0.114.7', '2a01:4f8::7', 'fe80::1%eth0'];

/** What each mode says about an address: `yes` where a session gets there. */
const TABLE: Record<'everywhere' | 'in VPC mode only' | 'nowhere', Record<string, readonly string[]>> = {
  everywhere: {
    'public IPv4': [
      '1.1.1.1',
      '8.8.8.8',
      '93.184.216.34',
      '52.95.110.1',
      '99.255.255.255',
      '100.128.0.1',
      '172.32.0.1',
    ],
    'public IPv6': ['2606:4700:4700::1111', '2a00:1450:4001::64', '2600:1f18::1'],
    'public IPv4, mapped to IPv6': ['::ffff:1.1.1.1', '::ffff:101:101', '0:0:0:0:0:ffff:8.8.8.8'],
    'public IPv4 behind NAT64': ['64:ff9b::1.1.1.1', '64:ff9b::808:808'],
    'public IPv4 by 6to4': ['2002:101:101::1'],
  },
  'in VPC mode only': {
    'private IPv4': ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1'],
    'private IPv4, mapped to IPv6': ['::ffff:10.0.0.1', '::ffff:c0a8:101'],
    'private IPv4 behind NAT64': ['64:ff9b::10.0.0.1'],
    'private IPv4 by 6to4': ['2002:a00:1::1'],
    'private IPv6': ['fc00::1', 'fd12:3456:789a::1'],
  },
  nowhere: {
    'the metadata service, in every form': [
      '169.254.169.254',
      '::ffff:169.254.169.254',
      '::ffff:a9fe:a9fe',
      '::169.254.169.254',
      '64:ff9b::169.254.169.254',
      '64:ff9b::a9fe:a9fe',
      '64:ff9b:1::a9fe:a9fe',
      '2002:a9fe:a9fe::1',
      'fd00:ec2::254',
      'fd00:0ec2:0:0:0:0:0:0254',
    ],
    "other metadata services, and AWS's own addresses": [
      '169.254.170.2',
      '169.254.170.23',
      '169.254.169.253',
      'fd00:ec2::23',
      'fd00:ec2::253',
      '100.100.100.200',
      '168.63.129.16',
      '192.0.0.192',
      'fd20:ce::254',
    ],
    'loopback, in every form': [
      '127.0.0.1',
      '127.255.255.255',
      '::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '::127.0.0.1',
      '64:ff9b::127.0.0.1',
      '2002:7f00:1::',
    ],
    'the unspecified address': ['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0'],
    'link-local addresses': ['169.254.0.1', 'fe80::1', 'fe80::1%lo', 'febf::1'],
    'multicast and broadcast': ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1', '::ffff:224.0.0.1'],
    'reserved ranges': ['240.0.0.1', '192.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1'],
    'reserved ranges of IPv6': ['100::1', '2001:db8::1', 'fec0::1', '4000::1', '::5', '5f00::1'],
    'Teredo, which hides an IPv4 address': ['2001:0:a9fe:a9fe::1', '2001:0:101:101::1'],
    "this machine's own addresses": [
      '203.0.114.7',
      '::ffff:203.0.114.7',
      '2a01:4f8::7',
      '64:ff9b::203.0.114.7',
      '2002:cb00:7207::1',
    ],
    'what is no address': [
      '',
      'example.com',
      '0x7f.1',
      '2130706433',
      '0177.0.0.1',
      '127.1',
      '1.1.1.1:80',
      '[::1]',
      '1.1.1.1%x:',
    ],
  },
};

const MODES = [
  ['PUBLIC', false],
  ['VPC', true],
] as const;

describe.each(MODES)('a %s session', (_mode, privateAddresses) => {
  const reachable = Object.entries(TABLE).flatMap(([where, kinds]) =>
    Object.entries(kinds).flatMap(([kind, addresses]) =>
      addresses.map((address) => ({
        kind,
        address,
        reached: where === 'everywhere' || (where === 'in VPC mode only' && privateAddresses),
      })),
    ),
  );
  test.each(reachable)('$kind: $address is reached: $reached', ({ address, reached }) => {
    const refusal = refusalOf(address, { privateAddresses, ownAddresses: OWN });
    expect({ address, refusal }).toEqual({ address, refusal: reached ? undefined : expect.any(String) });
  });
});

test('says what an address is', () => {
  const rules = { privateAddresses: false, ownAddresses: OWN };
  expect(
    ['127.0.0.2', '10.0.0.1', '169.254.169.254', 'fd00:ec2::254', '203.0.114.7', '240.0.0.1'].map((address) =>
      refusalOf(address, rules),
    ),
  ).toEqual([
    'a loopback address',
    'a private address',
    'a link-local address, such as that of the metadata service',
    'the address of a metadata service',
    "one of this machine's own addresses",
    'a reserved address',
  ]);
});
