"""A mail server of aiosmtpd, and CPython's own SMTPHandler, for comparison.

argv[1] is JSON: {"cert", "key"} for STARTTLS, "implicit" for TLS from the start, "auth" for the
mechanisms of which one must be used, by user "app" with password "secret". Prints its port, then a
line of JSON for each mail that it takes. Each line on stdin is a case, {mailhost, fromaddr, toaddrs,
subject, credentials, secure, message}, that CPython's SMTPHandler sends to it; {"done": error} says
what came of it.

Recipients: "gone…" do not exist, "later…" are put off.
"""
import asyncio
import email
import email.policy
import hashlib
import hmac
import json
import logging
import logging.handlers
import ssl
import sys
import threading
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

warnings.simplefilter("ignore")  # that it takes passwords in clear text
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
settings = json.loads(sys.argv[1])
mechanisms = settings.get("auth")
USER, PASSWORD = b"app", b"secret"
lock = threading.Lock()


def say(what):
    with lock:
        print(json.dumps(what), flush=True)


class Server(SMTP):
    async def smtp_EHLO(self, hostname):
        self.heard = getattr(self, "heard", [])
        self.heard.append("EHLO")
        await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg):
        self.heard.append("STARTTLS")
        await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg):
        self.heard.append("AUTH " + arg.split()[0])
        await super().smtp_AUTH(arg)

    async def smtp_QUIT(self, arg):
        say({"quit": self.heard})
        await super().smtp_QUIT(arg)


def judged(success):
    return AuthResult(success=success, handled=success)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone"):
            return "550 no such user"
        if address.startswith("later"):
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        addresses = {
            name: [[address.display_name, address.addr_spec] for address in mail[name].addresses]
            for name in ("From", "To")
        }
        say({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "size": [option for option in envelope.mail_options if option.startswith("SIZE=")],
            "bytes": len(envelope.original_content),
            "headers": sorted(mail.keys()),
            "addresses": addresses,
            "subject": mail["Subject"],
            "seconds": mail["Date"].datetime.timestamp(),
            "offset": str(mail["Date"])[-5:],
            "messageId": mail["Message-ID"],
            "type": [mail.get_content_type(), str(mail.get_content_charset())],
            "body": mail.get_content().replace("\r\n", "\n"),
            "raw": envelope.original_content.decode("latin1"),
            "tls": server.transport.get_extra_info("ssl_object") is not None,
        })
        return "250 taken"

    async def auth_CRAM__MD5(self, server, args):
        challenge = b"<1896.697170952@postoffice.example>"
        answer = await server.challenge_auth(challenge)
        digest = hmac.new(PASSWORD, challenge, hashlib.md5).hexdigest().encode()
        return judged(answer == USER + b" " + digest)


def authenticate(server, session, envelope, mechanism, data):
    return judged((data.login, data.password) == (USER, PASSWORD))


options = {}
context = None
if "cert" in settings:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings["cert"], settings["key"])
if mechanisms is not None:
    every = ["PLAIN", "LOGIN", "CRAM-MD5"]
    options = {
        "authenticator": authenticate,
        "auth_required": True,
        "auth_require_tls": False,
        "auth_exclude_mechanism": [name for name in every if name not in mechanisms],
    }


def serve():
    starttls = None if settings.get("implicit") else context
    return Server(Handler(), tls_context=starttls, hostname="mx.example", loop=loop, **options)


loop = asyncio.new_event_loop()
implicit = context if settings.get("implicit") else None
listening = loop.run_until_complete(loop.create_server(serve, "127.0.0.1", 0, ssl=implicit))
port = listening.sockets[0].getsockname()[1]
threading.Thread(target=loop.run_forever, daemon=True).start()
print(port, flush=True)


class Reporting(logging.handlers.SMTPHandler):
    error = None

    def handleError(self, record):
        self.error = type(sys.exc_info()[1]).__name__


for line in sys.stdin:
    case = json.loads(line)
    handler = Reporting(
        ("127.0.0.1", port),
        case["fromaddr"],
        case["toaddrs"],
        case["subject"],
        credentials=case.get("credentials") and tuple(case["credentials"]),
        secure=None if case.get("secure") is None else (),
    )
    handler.handle(logging.makeLogRecord({"msg": case["message"]}))
    say({"done": handler.error})
