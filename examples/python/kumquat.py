"""A client of the stream transport in Python's standard library: docs/reference/frames.md."""
import itertools
import json
import queue
import socket
import struct
import threading

REQUEST, REPLY, ERROR, CANCEL, ITEM, END, CREDIT, PING, PONG, GO_AWAY = range(1, 11)
MORE = 0x80
PART_BYTES = 64 * 1024


class RpcError(Exception):
    """What a provider answers instead of a reply: `code`, `outcome` and the rest of docs/reference/errors.md."""

    def __init__(self, error):
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.code, self.outcome, self.error = error.get("code"), error.get("outcome"), error


class Waiting:
    """One call under way: set when it is answered."""

    def __init__(self):
        self.done, self.type, self.payload = threading.Event(), None, b""

    def settle(self, type_, payload):
        self.type, self.payload = type_, payload
        self.done.set()


class Client:
    """One connection, any number of threads."""

    def __init__(self, host, port, caller=""):
        self.socket = socket.create_connection((host, port), timeout=5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [
            "GET /_kumquat/stream HTTP/1.1",
            f"host: {host}:{port}",
            "connection: upgrade",
            "upgrade: kumquat",
            *([f"kq-caller: {caller}"] if caller else []),
        ]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.buffer = b""
        head = self._until(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(f"no stream: {head.splitlines()[0].decode()}")
        self.socket.settimeout(None)
        self.ids, self.waiting, self.streams, self.parts = itertools.count(1), {}, {}, {}
        self.lock, self.leaving = threading.Lock(), False
        threading.Thread(target=self._read, daemon=True).start()

    def call(self, path, *args, timeout_ms=3000, attempt=1, **facts):
        """Calls `app/group/method`. Facts are headers of the call, such as baggage='lane=gray'."""
        id_, waiting = next(self.ids), Waiting()
        self.waiting[id_] = waiting
        self._request(id_, 0, path, args, timeout_ms, attempt, facts)
        if not waiting.done.wait(timeout_ms / 1000):
            self.waiting.pop(id_, None)
            self._send(CANCEL, id_)
            raise RpcError({"code": "deadline_exceeded", "message": f"{path} did not answer in time", "outcome": "unknown"})
        if waiting.type == REPLY:
            return json.loads(waiting.payload)
        raise RpcError(json.loads(waiting.payload))

    def stream(self, path, *args, timeout_ms=0, window=256 * 1024, **facts):
        """Yields what a method streams back, which is sent no further ahead than `window`; leave the loop to end it."""
        id_, read, frames = next(self.ids), 0, queue.Queue()
        self.streams[id_] = lambda type_, payload: frames.put((type_, payload))
        self._request(id_, 1, path, args, timeout_ms, 1, facts, struct.pack(">I", window))
        try:
            while (frame := frames.get())[0] == ITEM:
                read += max(len(frame[1]), 1024)
                if read >= window / 2:
                    self._send(CREDIT, id_, struct.pack(">I", read))
                    read = 0
                yield json.loads(frame[1])
            if frame[0] == ERROR:
                raise RpcError(json.loads(frame[1]))
        except GeneratorExit:
            self._send(CANCEL, id_)
        finally:
            self.streams.pop(id_, None)

    def close(self):
        self.socket.close()

    def _request(self, id_, kind, path, args, timeout_ms, attempt, facts, credit=b""):
        path_bytes = ("/" + path).encode("ascii")
        facts_bytes = json.dumps(facts).encode() if facts else b""
        head = struct.pack(">dBBHI", timeout_ms, attempt, kind, len(path_bytes), len(facts_bytes))
        head += path_bytes + facts_bytes + credit
        self._send(REQUEST, id_, head + json.dumps(args, ensure_ascii=False).encode())

    def _send(self, type_, id_, payload=b""):
        with self.lock:
            while len(payload) > PART_BYTES:
                self._frame(type_ | MORE, id_, payload[:PART_BYTES])
                payload = payload[PART_BYTES:]
            self._frame(type_, id_, payload)

    def _frame(self, type_, id_, payload):
        self.socket.sendall(struct.pack(">IBI", 5 + len(payload), type_, id_) + payload)

    def _read(self):
        try:
            while True:
                length, type_, id_ = struct.unpack(">IBI", self._exactly(9))
                self._take(type_, id_, self._exactly(length - 5))
        except OSError as error:
            lost = {"code": "unavailable", "message": f"the connection broke: {error}", "outcome": "unknown"}
            for settle in [one.settle for one in list(self.waiting.values())] + list(self.streams.values()):
                settle(ERROR, json.dumps(lost).encode())

    def _take(self, type_, id_, payload):
        whole = self.parts.pop((type_ & ~MORE, id_), b"") + payload
        if type_ & MORE:
            self.parts[(type_ & ~MORE, id_)] = whole
        elif type_ == PING:
            self._send(PONG, 0)
        elif type_ == GO_AWAY:
            self.leaving = True
        elif id_ in self.streams:
            self.streams[id_](type_, whole)
        elif type_ in (REPLY, ERROR):
            waiting = self.waiting.pop(id_, None)
            if waiting:
                waiting.settle(type_, whole)

    def _exactly(self, count):
        while len(self.buffer) < count:
            self._more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def _until(self, end):
        while end not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(end, 1)
        return head

    def _more(self):
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionError("closed by the provider")
        self.buffer += chunk
