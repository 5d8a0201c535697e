import {expect, test} from 'vitest';
import type {Rule} from '../../src/egress/egress.ts';
import {isPublic} from '../../src/egress/policy/addresses.ts';
import {decide} from '../../src/egress/policy/decide.ts';
import {hostGroups} from '../../src/egress/policy/host-groups.ts';
import {cleanedHost, hostName} from '../../src/egress/policy/host-name.ts';
import {ownNetworks} from '../../src/egress/policy/own-networks.ts';
import {ruleHosts} from '../../src/egress/policy/rule-hosts.ts';

const rule = (host: string, decision: Rule['decision'] = 'allow'): Rule => ({host, decision, from: 'request'});

test.each([
  ['API.Example.COM', 'api.example.com'],
  ['api.example.com.', 'api.example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['BÜCHER.example.', 'xn--bcher-kva.example'],
  ['_dmarc.example.com', '_dmarc.example.com'],
  ['localhost', 'localhost'],
  ['1.example', '1.example'],
])('%s is the host %s', (written, host) => {
  expect(hostName(written)).toEqual({host});
});

test.each([
  ...[
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '0x7f000001',
    '127.0.0.1.',
    '1.2.3',
    '017700000001',
  ],
  ...['[::1]', '::1', '::ffff:127.0.0.1', '[::ffff:7f00:1]', 'fe80::1%eth0', '１２７.0.0.1', '127。0。0。1', '0X7F.1'],
  ...['', '.', '..', 'a..b', '-a.example', 'a-.example', 'a b.example', 'a/b', 'a@b', 'a\0.example', 'a\n.example'],
  ...[`${'a'.repeat(64)}.example`, `${'a.'.repeat(127)}example`, 'a\u202eb.example', 'exa mple.com', '%6c.example'],
])('%j is no host', written => {
  expect(hostName(written)).toHaveProperty('problem');
});

test('what is shown of a host is one line of plain characters', () => {
  expect(cleanedHost('\x1b]0;x\x07Evil\n.example‮')).toBe('?]0;x?evil?.example?');
  expect(cleanedHost('a'.repeat(1000))).toHaveLength(253);
});

test.each([
  ['example.com', 'example.com', true],
  ['example.com', 'api.example.com', false],
  ['.example.com', 'example.com', true],
  ['.example.com', 'a.b.example.com', true],
  ['.example.com', 'notexample.com', false],
  ['.example.com', 'example.com.evil.org', false],
  ['example.com', 'xexample.com', false],
])('the rule %s lets %s through: %s', (listed, host, through) => {
  expect(decide([rule(listed)], host)).toBe(through ? 'allow' : 'unknown');
});

test('a block beats every allow, and no rule is no', () => {
  expect(decide([rule('a.example', 'block'), rule('.example'), rule('a.example')], 'a.example')).toBe('block');
  expect(decide([], 'a.example')).toBe('unknown');
});

test.each([
  ['npm', [...(hostGroups.npm ?? [])]],
  ['api.example.com', ['api.example.com']],
  ['.Example.com', ['.example.com']],
  ['*.example.com.', ['.example.com']],
])('%s stands for %j', (word, hosts) => {
  expect(ruleHosts(word)).toEqual({hosts});
});

test.each([
  'npmm',
  'constructor',
  '.com',
  '*.com',
  '*',
  '.',
  '10.0.0.1',
  '.0.0.1',
  'http://a.example',
  'a.example:443',
  '',
])('%j stands for no host', word => {
  expect(ruleHosts(word)).toHaveProperty('problem');
});

test('every host of a group is one as it is compared', () => {
  for (const host of Object.values(hostGroups).flat()) expect(ruleHosts(host)).toEqual({hosts: [host]});
});

test.each([
  ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '100.100.100.200', '127.0.0.1', '127.255.255.255', '168.63.129.16'],
  ...['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.192', '192.168.1.1', '198.18.0.1', '224.0.0.251'],
  ...['255.255.255.255', '192.88.99.1', '::', '::1', '::127.0.0.1', '::ffff:10.0.0.1', '::ffff:8.8.8.8'],
  ...['64:ff9b::10.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::808:808', 'fe80::1', 'fd00:ec2::254', 'ff02::1'],
  ...['2001::1', '2002:7f00:1::', '2002:808:808::', 'fec0::1', '100::1'],
])('%s is not of the internet', address => {
  expect(isPublic({address, family: address.includes(':') ? 6 : 4})).toBe(false);
});

test.each([
  '1.1.1.1',
  '172.32.0.1',
  '100.128.0.1',
  '168.63.129.17',
  '2606:4700::1111',
  '2a00:1450::1',
  '64:ff9b::808:808',
])('%s is of the internet', address => {
  expect(isPublic({address, family: address.includes(':') ? 6 : 4})).toBe(true);
});

test('an address that is not of its family, or none at all, is not of the internet', () => {
  expect(isPublic({address: '1.1.1.1', family: 6})).toBe(false);
  expect(isPublic({address: 'fe80::1%eth0', family: 6})).toBe(false);
  expect(isPublic({address: '1.1.1', family: 4})).toBe(false);
});

test.each([
  ['203.0.113.7', true],
  ['203.0.113.200', true],
  ['203.0.114.1', false],
  ['2001:db8:1:2::99', true],
  ['2001:db8:1:3::1', false],
  ['10.8.0.1', true],
  ['93.184.216.34', false],
] as const)('of this machine and its networks: %s is %s', (address, expected) => {
  const isOwn = ownNetworks([
    {address: '203.0.113.7', family: 'IPv4', cidr: '203.0.113.7/24'},
    {address: '2001:db8:1:2::1', family: 'IPv6', cidr: '2001:db8:1:2::1/64'},
    // All of the internet behind a tunnel.
    {address: '10.8.0.1', family: 'IPv4', cidr: '10.8.0.1/0'},
  ]);
  expect(isOwn({address, family: address.includes(':') ? 6 : 4})).toBe(expected);
});
