"""A mail server with TLS and login on a free loopback port, for tests/tests/smtp.rs. Arguments: `implicit` or `starttls`,
the certificate, its key, the folder for letters. Prints its port as JSON, ends with its standard input.

A recipient's name decides what happens: `grey` is put off at the first try, `busy` is limited by frequency with 550,
`gone` has no mailbox, `lost` is taken at the first try without a word before the connection breaks."""

import json
import os
import socket
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = b"ops@example.com", b"FAKE-mail-code"


def authenticate(_server, _session, _envelope, _mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER, PASSWORD)
    if good:
        return AuthResult(success=True)
    return AuthResult(success=False, handled=False, message="535 Login Fail. Please enter your authorization code")


class Post:
    def __init__(self, folder):
        self.folder = folder
        self.seen = set()

    def first(self, address):
        known = address in self.seen
        self.seen.add(address)
        return not known

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        name = address.split("@")[0]
        if name == "grey" and self.first(address):
            return "451 4.7.1 Greylisting in action, please come back later"
        if name == "busy":
            return "550 Connection frequency limited"
        if name == "gone":
            return "550 Mailbox not found"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        number = len(os.listdir(self.folder))
        record = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "encrypted": session.ssl is not None or isinstance(server.transport.get_extra_info("ssl_object"), ssl.SSLObject),
            "letter": envelope.content.decode("ascii"),
        }
        unfinished = os.path.join(self.folder, f".{number:04}")
        with open(unfinished, "w", encoding="ascii") as file:
            json.dump(record, file)
        os.rename(unfinished, os.path.join(self.folder, f"{number:04}.json"))
        if any(to.startswith("lost@") and self.first(to) for to in envelope.rcpt_tos):
            server.transport.abort()
        return "250 2.0.0 queued"


def main():
    mode, certificate, key, folder = sys.argv[1:]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    options = {"authenticator": authenticate, "auth_required": True, "hostname": "127.0.0.1", "port": 0}
    if mode == "implicit":
        options |= {"ssl_context": context, "auth_require_tls": False}
    else:
        options |= {"tls_context": context, "require_starttls": True}
    # The port is free and ours until the server binds it again; a controller cannot bind port 0 itself.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        options["port"] = free.getsockname()[1]
    controller = Controller(Post(folder), **options)
    controller.start()
    print(json.dumps({"port": options["port"]}), flush=True)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main()
