/** The relay for images with python3 and no perl. */
export const pythonRelay = `import os, selectors, signal, socket, sys

proxy, port = sys.argv[1], int(sys.argv[2])
SIZE, MOST = 131072, 250
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
signal.signal(signal.SIGHUP, signal.SIG_IGN)

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('127.0.0.1', port))
server.listen(128)
# It takes connections: whoever started it can go on.
if os.fork():
    os._exit(0)
os.setsid()
chosen = selectors.DefaultSelector()
pairs = 0


class End:
    def __init__(self, file):
        self.file, self.held, self.ended, self.closed, self.wants = file, memoryview(b''), False, False, 0
        file.setblocking(False)

    def want(self, reading=None, writing=None):
        wants = self.wants
        if reading is not None:
            wants = wants | READ if reading else wants & ~READ
        if writing is not None:
            wants = wants | WRITE if writing else wants & ~WRITE
        if wants == self.wants:
            return
        if not self.wants:
            chosen.register(self.file, wants, self)
        elif not wants:
            chosen.unregister(self.file)
        else:
            chosen.modify(self.file, wants, self)
        self.wants = wants


def drop(end):
    global pairs
    if end.file.fileno() < 0:
        return
    for one in (end, end.peer):
        one.want(False, False)
        one.file.close()
    pairs -= 1
    if pairs == MOST - 1:
        chosen.register(server, READ)


def carry(end):
    """Writes what came from this end to the other."""
    peer = end.peer
    if end.held:
        try:
            end.held = end.held[peer.file.send(end.held):]
        except (BlockingIOError, InterruptedError):
            pass
    peer.want(writing=len(end.held) > 0)
    end.want(reading=not end.held and not end.ended)
    if end.ended and not end.held and not peer.closed:
        peer.file.shutdown(socket.SHUT_WR)
        peer.closed = True
        if end.closed:
            drop(end)


def take(end):
    try:
        end.held = memoryview(end.file.recv(SIZE))
    except (BlockingIOError, InterruptedError):
        return
    end.ended = not end.held
    carry(end)


def open_pair():
    global pairs
    client, _ = server.accept()
    upstream = socket.socket(socket.AF_UNIX)
    try:
        upstream.connect(proxy)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        client.close()
        upstream.close()
        return
    one, other = End(client), End(upstream)
    one.peer, other.peer = other, one
    one.want(reading=True)
    other.want(reading=True)
    pairs += 1
    if pairs == MOST:
        chosen.unregister(server)


chosen.register(server, READ)
while True:
    for key, events in chosen.select():
        end = key.data
        try:
            if end is None:
                open_pair()
                continue
            if events & WRITE and end.file.fileno() >= 0:
                carry(end.peer)
            if events & READ and end.file.fileno() >= 0 and end.wants & READ:
                take(end)
        except OSError:
            if end is not None:
                drop(end)
`;
