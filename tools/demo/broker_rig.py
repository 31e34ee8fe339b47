# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
"""A broker on loopback as it is in the field, for the demo, the tests, and to try things out.

Debian's mosquitto with mutual TLS: who a client is, its certificate says, and access rules say what it
may do. The CA, the certificates and the revocation lists are made here with openssl.

  broker_rig.py FOLDER DEVICE...

makes FOLDER with a CA, certificates of a broker, of the devices, of a consumer and of an operator, the
devices' keys, and a mosquitto.conf with access rules; and says how to start them.
Certificates last 30 days, and their keys lie in FOLDER: for trying out, not for the field.
"""

import os
import pathlib
import secrets
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time

SKIPPED = 77
PREFIX = "aiot"
PAST = ("-startdate", "20190101000000Z", "-enddate", "20200101000000Z")

CA_CONFIG = """
[ca]
default_ca = here
[here]
database = {ca}.index
serial = {ca}.serial
new_certs_dir = .
certificate = {ca}.pem
private_key = {ca}.key
default_md = sha256
default_days = 30
default_crl_days = 30
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = any_name
[any_name]
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[server]
extendedKeyUsage = serverAuth
subjectAltName = {names}
[client]
extendedKeyUsage = clientAuth
"""

# The rules of the access list. %u is the name in the client's certificate: a device speaks for itself.
ACCESS = """
pattern write {prefix}/%u/batch
pattern write {prefix}/%u/answer
pattern write {prefix}/%u/image/out
pattern write {prefix}/%u/state
pattern read {prefix}/%u/ack
pattern read {prefix}/%u/command
pattern read {prefix}/%u/image/in

user consumer
topic read {prefix}/+/batch
topic read {prefix}/+/state
topic write {prefix}/+/ack

user operator
topic read {prefix}/+/answer
topic read {prefix}/+/image/out
topic read {prefix}/+/state
topic write {prefix}/+/command
topic write {prefix}/+/image/in
"""


def find_mosquitto():
    """The broker's command; ends the process with code 77 when it is not installed."""
    path = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if path is None or shutil.which("openssl") is None:
        print("skipped: mosquitto or openssl is missing; install the packages mosquitto and openssl")
        sys.exit(SKIPPED)
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Authority:
    """A CA in a folder: <name>.pem, and for each <file> that it issues <file>.pem and <file>.key."""

    def __init__(self, folder, name="ca", names="DNS:localhost,IP:127.0.0.1"):
        self.folder, self.name, self.names = pathlib.Path(folder), name, names
        self.folder.mkdir(exist_ok=True, mode=0o700)
        (self.folder / f"{name}.index").touch()
        (self.folder / f"{name}.serial").write_text("1000\n")
        self._key(name)
        self._openssl("req", "-x509", "-new", "-key", f"{name}.key", "-subj", f"/CN=aiot {name}", "-days", "30",
                      "-extensions", "root", "-out", f"{name}.pem")
        self.certificate = self.folder / f"{name}.pem"

    def server(self, file, *more, names=None):
        return self._issue(file, "localhost", "server", more, names)

    def client(self, file, name, *more):
        return self._issue(file, name, "client", more)

    def revocation_list(self, file, *revoked):
        """The path of a list with the certificates of these files, and all those before."""
        for each in revoked:
            self._openssl("ca", "-revoke", f"{each}.pem")
        self._openssl("ca", "-gencrl", "-out", f"{file}.pem")
        return self.folder / f"{file}.pem"

    def path(self, file, kind="pem"):
        return self.folder / f"{file}.{kind}"

    def _issue(self, file, name, extensions, more, names=None):
        self._key(file)
        self._openssl("req", "-new", "-key", f"{file}.key", "-subj", f"/CN={name}", "-out", f"{file}.csr")
        self._openssl("ca", "-batch", "-notext", "-in", f"{file}.csr", "-extensions", extensions, "-out",
                      f"{file}.pem", *more, names=names)
        return self.folder / f"{file}.pem"

    def _key(self, file):
        self._openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", f"{file}.key")
        (self.folder / f"{file}.key").chmod(0o600)

    def _openssl(self, *arguments, names=None):
        config = self.folder / f"{self.name}.cnf"
        config.write_text(CA_CONFIG.format(ca=self.name, names=names or self.names))
        where = ("-config", config.name) if arguments[0] in ("req", "ca") else ()
        subprocess.run(["openssl", arguments[0], *where, *arguments[1:]], cwd=self.folder, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60)


class Broker:
    """A mosquitto that can be killed and started again; it keeps nothing over a kill.

    Use as a context manager: its process ends with it.
    """

    def __init__(self, folder, ca, server="broker", revoked=None, access=ACCESS, prefix=PREFIX, more="",
                 port=None):
        self.command = find_mosquitto()
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True, mode=0o700)
        self.port = port or free_port()
        self.process = None
        self.log = self.folder / "mosquitto.log"
        rules = self.folder / "access"
        rules.write_text(access.format(prefix=prefix))
        rules.chmod(0o600)
        lines = [
            f"listener {self.port} 127.0.0.1", f"cafile {ca.certificate}", f"certfile {ca.path(server)}",
            f"keyfile {ca.path(server, 'key')}", "require_certificate true", "use_identity_as_username true",
            f"acl_file {rules}", "allow_anonymous false", "persistence false", "max_queued_messages 10000",
            f"log_dest file {self.log}", "log_type error", "log_type warning", "log_type notice"
        ]
        if revoked:
            lines.append(f"crlfile {revoked}")
        if os.geteuid() == 0:
            lines.append("user root")
        self.config = self.folder / "mosquitto.conf"
        self.config.write_text("\n".join(lines) + "\n" + more)

    @property
    def url(self):
        return f"mqtts://localhost:{self.port}"

    def start(self):
        self.process = subprocess.Popen([self.command, "-c", self.config], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    said = self.log.read_text() if self.log.exists() else "nothing"
                    raise RuntimeError(f"mosquitto does not start; it says: {said}") from None
                time.sleep(0.005)

    def kill(self):
        """As a power cut: no goodbye, nothing is written."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()


class Client:
    """A plain MQTT 5 client, for what somebody else may do with a certificate that he has."""

    def __init__(self, ca, who, port, name=None):
        context = ssl.create_default_context(cafile=ca.certificate)
        context.load_cert_chain(ca.path(who), ca.path(who, "key"))
        self.link = context.wrap_socket(socket.create_connection(("localhost", port), timeout=10),
                                        server_hostname="localhost")
        self.data, self.last = b"", 0
        # Protocol level 5, clean start, keep-alive 60 s, no properties.
        self._send(0x10, _text("MQTT") + b"\x05\x02\x00\x3c\x00" + _text(name or f"client-{who}-{port}"))
        kind, body = self._packet()
        if kind != 0x20 or body[1] != 0:
            raise RuntimeError(f"the broker refuses the connection: {kind:#x} {body.hex()}")

    def publish(self, topic, payload):
        """With QoS 1; the broker's reason code, 0 or 16 when it has taken the message."""
        self.last += 1
        self._send(0x32, _text(topic) + self.last.to_bytes(2, "big") + b"\x00" + payload)
        kind, body = self._packet()
        if kind != 0x40:
            raise RuntimeError(f"no PUBACK but {kind:#x}")
        return body[2] if len(body) > 2 else 0

    def send(self, topic, payload):
        """With QoS 0: nobody says whether it was taken."""
        self._send(0x30, _text(topic) + b"\x00" + payload)

    def subscribe(self, topic):
        self._send(0x82, b"\x00\x01\x00" + _text(topic) + b"\x00")
        self._packet()

    def message(self):
        """(topic, payload) of the next message."""
        kind, body = self._packet()
        if kind & 0xF0 != 0x30:
            raise RuntimeError(f"no message but {kind:#x}")
        size = int.from_bytes(body[:2], "big")
        # QoS 0: behind the topic come the properties, whose size is below 128 here.
        return body[2:2 + size].decode(), body[3 + size + body[2 + size]:]

    def pending(self, seconds=0.2):
        """Whether a message comes soon."""
        return bool(self.data) or self.link.pending() > 0 or bool(select.select([self.link], [], [], seconds)[0])

    def close(self):
        self._send(0xE0, b"")
        self.link.close()

    def _send(self, kind, body):
        size, head = len(body), bytes([kind])
        while True:
            size, digit = size >> 7, size & 0x7F
            head += bytes([digit | (0x80 if size else 0)])
            if size == 0:
                break
        self.link.sendall(head + body)

    def _take(self, count):
        while len(self.data) < count:
            more = self.link.recv(65536)
            if not more:
                raise RuntimeError("the broker has closed the connection")
            self.data += more
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def _packet(self):
        kind, size, shift = self._take(1)[0], 0, 0
        while True:
            digit = self._take(1)[0]
            size |= (digit & 0x7F) << shift
            shift += 7
            if digit < 0x80:
                return kind, self._take(size)


def _text(text):
    return len(text.encode()).to_bytes(2, "big") + text.encode()


def device_key(path):
    """A new symmetric key of a device, which only its owner can read."""
    path = pathlib.Path(path)
    path.touch(mode=0o600)
    path.write_text(secrets.token_hex(32) + "\n")
    return path


def identity(ca, who, url, prefix=None):
    """The options of `aiot run` and `aiot consume` for a client of that name."""
    options = ["--broker", url, "--ca", ca.certificate, "--cert", ca.path(who), "--key", ca.path(who, "key")]
    return options + (["--prefix", prefix] if prefix else [])


def main():
    if len(sys.argv) < 3 or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    folder, devices = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    if folder.exists():
        print(f"{folder} is there already; name another folder", file=sys.stderr)
        return 1
    find_mosquitto()
    ca = Authority(folder)
    ca.server("broker")
    for name in ("consumer", "operator", *devices):
        ca.client(name, name)
    (folder / "keys").mkdir(mode=0o700)
    for name in devices:
        device_key(folder / "keys" / f"{name}.key")
    broker = Broker(folder, ca, port=8883)
    print(f"mosquitto -c {broker.config}")
    for name, command in (("consumer", f"aiot consume {folder}/records.db --keys {folder}/keys"),
                          (devices[0], f"aiot run --simulate --store {folder}/{devices[0]}.store --device {devices[0]} "
                                       f"--device-key {folder}/keys/{devices[0]}.key")):
        print(command, *identity(ca, name, broker.url))
    return 0


if __name__ == "__main__":
    sys.exit(main())
