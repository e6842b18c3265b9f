import { assertEquals } from "@std/assert";
import { handshakeError } from "../../src/net/_handshake_error.ts";
import { test } from "../test.ts";

const shown = (message: string, code?: string) =>
  handshakeError(Object.assign(new Error(message), { code }), "10.0.0.7:5")?.message;

test("handshakeError() recognizes a client that speaks no TLS", () => {
  const expected =
    "Dropped the client 10.0.0.7:5: it does not speak TLS: set 'tls' on the sender, " +
    "or leave it out on the receiver";
  assertEquals(shown("error:0A00009C:ssl3_get_record:http request:\n"), expected);
  assertEquals(shown("error:100000f7:OPENSSL_internal:WRONG_VERSION_NUMBER", "EPROTO"), expected);
  assertEquals(shown("received corrupt message of type InvalidContentType"), expected);
});

test("handshakeError() recognizes a certificate that one side does not take", () => {
  assertEquals(
    shown("peer sent no certificates"),
    "Dropped the client 10.0.0.7:5: it shows no certificate, which the receiver's 'tls.ca' demands",
  );
  assertEquals(
    shown("received fatal alert: UnknownCA"),
    "Dropped the client 10.0.0.7:5: it refuses the certificate of this receiver: does its 'tls.ca' " +
      "hold the authority?",
  );
  assertEquals(
    shown("no suitable\nsignature"),
    "Dropped the client 10.0.0.7:5: its TLS handshake failed: no suitable signature",
  );
});

test("handshakeError() makes nothing of a client that only leaves, as a check of the port does", () => {
  const left = "Client network socket disconnected before secure TLS connection was established";
  for (const message of ["socket hang up", "unexpected end of file", "read ECONNRESET", left, ""]) {
    assertEquals(shown(message), undefined);
  }
  assertEquals(handshakeError(null, "h"), undefined);
});
