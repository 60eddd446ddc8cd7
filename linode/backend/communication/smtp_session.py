"""One connection to the mail server, and a letter's way over it in two steps.

What fails before the text is handed over can be tried again; afterwards it may have arrived.
"""

import re
import smtplib
import socket
import ssl
from urllib.parse import urlsplit

TIMEOUT = 600
"""Seconds; RFC 5321 (4.5.3.2) lets a server take so long after the text."""
CONNECTING = 30
"""Seconds until a server that does not answer counts as not reached."""
LONGEST_ANSWER = 65536
LOOPBACK = ("127.", "localhost", "::1")


class RefusedError(Exception):
    """The server answered that it does not take this; `permanent`: nor will it later."""

    def __init__(self, code, answer):
        super().__init__("{} {}".format(code, _words(answer)))
        self.permanent = code >= 500


class NotReachedError(Exception):
    """The text was not handed over, for the connection ended. The message says why."""


class NoServerError(NotReachedError):
    """There is no connection at all, or no log-in, or the server refuses the sender: no letter can go."""


class LostError(Exception):
    """The connection ended after the text was handed over: nobody knows whether the server took it."""


class Session:
    """A connection that is made when it is needed and again after it was lost."""

    def __init__(self, mail):
        self._mail = mail
        self._smtp = None

    def offer(self, sender, recipient):
        """Name sender and recipient. Raises RefusedError, NotReachedError or NoServerError."""
        try:
            self._connect()
        # ValueError: a certificate's wrong name in Python 3.6, and a password that is not ASCII.
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self.close()
            raise NoServerError(_reason(error))
        try:
            self._name_sender(sender)
            self._ask("RCPT TO:<{}>".format(recipient))
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise NotReachedError(_reason(error))

    def take_back(self):
        """Forget the offer, so that the connection can be used for the next one."""
        try:
            self._smtp.rset()
        except (smtplib.SMTPException, OSError):
            self.close()

    def hand_over(self, content):
        """Hand the text over; the server's words. Raises RefusedError, NotReachedError or LostError."""
        try:
            self._ask("DATA", wanted=354)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise NotReachedError(_reason(error))
        try:
            self._smtp.send(_dotted(content))
            code, answer = self._smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise LostError(_reason(error))
        if code >= 400:
            raise RefusedError(code, answer)
        if not 200 <= code < 300:
            self.close()
            raise LostError("no answer of SMTP: {} {}".format(code, _words(answer)))
        return _words(answer)

    def close(self):
        """End the connection; what is lost with it does not matter."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _connect(self):
        if self._smtp is not None:
            return
        mail = self._mail
        tls = ssl.create_default_context()
        if mail["tls"] == "tls":
            self._smtp = _ThroughProxyTls(mail, context=tls)
        else:
            self._smtp = _ThroughProxy(mail)
        self._smtp.ehlo_or_helo_if_needed()
        if mail["tls"] == "starttls":
            self._smtp.starttls(context=tls)
            self._smtp.ehlo()
        if mail.get("user"):
            self._smtp.login(mail["user"], mail["password"])
        self._smtp.sock.settimeout(TIMEOUT)

    def _name_sender(self, sender):
        """A refusal says nothing of the recipient. Raises NoServerError."""
        try:
            self._ask("MAIL FROM:<{}>".format(sender))
        except RefusedError as refused:
            raise NoServerError("the mail server refuses the sender: {}".format(refused))

    def _ask(self, command, wanted=250):
        code, answer = self._smtp.docmd(command)
        if code == wanted or (wanted == 250 and code == 251):
            return
        self.take_back()
        raise RefusedError(code, answer)


class _ThroughProxy(smtplib.SMTP):
    def __init__(self, mail, **options):
        self._proxy = "" if mail["host"].startswith(LOOPBACK) else mail.get("proxy")
        super().__init__(mail["host"], mail["port"], _domain(mail), timeout=CONNECTING, **options)

    def _get_socket(self, host, port, timeout):
        return _tunnel(self._proxy, host, port) if self._proxy else super()._get_socket(host, port, timeout)


class _ThroughProxyTls(smtplib.SMTP_SSL):
    def __init__(self, mail, **options):
        self._proxy = "" if mail["host"].startswith(LOOPBACK) else mail.get("proxy")
        super().__init__(mail["host"], mail["port"], _domain(mail), timeout=CONNECTING, **options)

    def _get_socket(self, host, port, timeout):
        if not self._proxy:
            return super()._get_socket(host, port, timeout)
        return self.context.wrap_socket(_tunnel(self._proxy, host, port), server_hostname=self._host)


def _tunnel(proxy, host, port):
    """A connection through the host's own proxy (RFC 9110, 9.3.6). Raises OSError.

    Read byte by byte: what comes after the proxy's answer is the mail server's greeting.
    """
    place = urlsplit(proxy)
    connection = socket.create_connection((place.hostname, place.port), CONNECTING)
    target = "{}:{}".format(host, port)
    connection.sendall("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n\r\n".format(target).encode("ascii"))
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte or len(answer) >= LONGEST_ANSWER:
            break
        answer += byte
    if not re.match(rb"HTTP/1\.[01] 200 ", answer):
        connection.close()
        raise OSError("the proxy does not let {} through: {}".format(target, _words(answer[:60])))
    return connection


def _dotted(content):
    """The text with a dot before each line that begins with one, and its end (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"(?m)^\.", b"..", content)
    return lines + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _words(answer):
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(text.split())


def _reason(error):
    """What went wrong, in one line, without the password or what was sent."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "the mail server refuses the log-in ({})".format(error.smtp_code)
    if isinstance(error, UnicodeError):
        return "the mail server's user or password has letters that SMTP does not take"
    if isinstance(error, ssl.SSLError):
        return "the mail server's certificate or TLS is refused: {}".format(_words(error))
    if isinstance(error, smtplib.SMTPResponseException):
        return "{} {}".format(error.smtp_code, _words(error.smtp_error))
    return "{}: {}".format(type(error).__name__, _words(error) or "no answer")


def _domain(mail):
    """How we name ourselves; the host's own name may mean nothing outside."""
    return mail["sender"].rpartition("@")[2]
