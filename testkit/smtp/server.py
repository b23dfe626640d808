"""An SMTP server for tests: aiosmtpd, which answers as the recipient's name asks for, and writes each mail that it
takes as a line of JSON.

The first line says where it listens. The part of the recipient before the `@` says what it does:

  later-2-…   refuses the mail twice for now (451), and takes it then
  never-…     refuses it for good (550)
  silent-…    says nothing any more, and goes on waiting
  …           takes it

With --tls it speaks nothing but EHLO before STARTTLS, with a certificate made for the occasion whose path is in the
first line; with --user and --password nobody sends a mail who has not shown them.
"""

import argparse
import asyncio
import email
import email.policy
import json
import ssl
import subprocess
import sys
import tempfile

from aiosmtpd.smtp import SMTP, AuthResult


def say(**line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Handler:
    def __init__(self):
        self.tries = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name.startswith("never-"):
            return "550 5.1.1 there is nobody of that name"
        if name.startswith("silent-"):
            say(silent=address)
            await asyncio.sleep(3600)
        if name.startswith("later-"):
            tries = self.tries[address] = self.tries.get(address, 0) + 1
            if tries <= int(name.split("-")[1]):
                say(refused=address)
                return "451 4.7.1 not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {kind: mail.get_body([kind]) for kind in ("plain", "html")}
        text = {kind: part and part.get_content() for kind, part in parts.items()}
        say(
            to=envelope.rcpt_tos,
            sender=envelope.mail_from,
            headers={name: str(value) for name, value in mail.items()},
            text=text["plain"],
            html=text["html"],
            tls=session.ssl is not None,
            authenticated=bool(session.authenticated),
        )
        return "250 taken"


def certificate():
    folder = tempfile.mkdtemp()
    cert, key = f"{folder}/cert.pem", f"{folder}/key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(command.split() + names + ["-keyout", key, "-out", cert], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return cert, context


async def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--tls", action="store_true")
    arguments.add_argument("--user")
    arguments.add_argument("--password")
    given = arguments.parse_args()
    cert, context = certificate() if given.tls else (None, None)

    def authenticate(server, session, envelope, mechanism, data):
        right = data.login.decode() == given.user and data.password.decode() == given.password
        return AuthResult(success=right, handled=False)

    handler = Handler()

    def connection():
        return SMTP(
            handler,
            hostname="localhost",
            enable_SMTPUTF8=True,
            tls_context=context,
            require_starttls=given.tls,
            auth_required=bool(given.user),
            auth_require_tls=given.tls,
            authenticator=authenticate if given.user else None,
        )

    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", given.port)
    say(port=server.sockets[0].getsockname()[1], certificate=cert)
    # It ends with the test that has started it.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
