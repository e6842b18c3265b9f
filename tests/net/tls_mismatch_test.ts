import { assertEquals } from "@std/assert";
import { tlsMismatch, tlsSilence } from "../../src/net/tls_mismatch.ts";
import { test } from "../test.ts";

test("tlsMismatch() recognizes a plain answer in the words of each runtime", () => {
  const texts = [
    "80AC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../record.c:350:\n",
    "error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER",
    "received corrupt message of type InvalidContentType",
    "EPROTO: The TLS handshake failed. Does the server speak TLS on this port?",
  ];
  for (const text of texts) {
    assertEquals(
      tlsMismatch(text, "tls"),
      "the server does not speak TLS on this port: leave out 'tls', or use its TLS port",
    );
  }
});

test("tlsMismatch() recognizes a server that ends the handshake", () => {
  const texts = [
    "Client network socket disconnected before secure TLS connection was established",
    "tls handshake eof",
  ];
  for (const text of texts) {
    assertEquals(tlsMismatch(text, "secure"), tlsSilence("ended", "secure"));
  }
  assertEquals(
    tlsSilence("ended", "secure"),
    "the server ended the TLS handshake: if it speaks no TLS on this port, leave out 'secure'",
  );
});

test("tlsMismatch() says nothing of a certificate or a network that fails", () => {
  for (const text of ["unable to verify the first certificate", "connect ECONNREFUSED", ""]) {
    assertEquals(tlsMismatch(text, "tls"), undefined);
  }
});
