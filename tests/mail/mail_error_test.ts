import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { mailError, type MailServer } from "../../src/mail/_mail_error.ts";
import { test } from "../test.ts";

const server: MailServer = {
  host: "mail.example",
  port: 25,
  encryption: "none",
};

function shown(message: string, code: string, encryption: MailServer["encryption"] = "none") {
  const error = Object.assign(new Error(message), { code });
  const made = mailError(error, { ...server, encryption });
  assert(made instanceof Error);
  assertStrictEquals(made.cause, error);
  return `${(made as Error & { code?: string }).code}: ${made.message}`;
}

const failed = "Cannot send a mail through mail.example:25";

test("mailError() says what could not be done, and keeps the code", () => {
  assertEquals(
    shown("connect ECONNREFUSED 127.0.0.1:25", "ESOCKET"),
    `ESOCKET: ${failed}: connect ECONNREFUSED 127.0.0.1:25`,
  );
  assertEquals(
    shown("getaddrinfo ENOTFOUND mail.example", "EDNS"),
    `EDNS: ${failed}: getaddrinfo ENOTFOUND mail.example`,
  );
  assertEquals(
    shown("Connection timeout", "ETIMEDOUT"),
    `ETIMEDOUT: ${failed}: Connection timeout`,
  );
});

test("mailError() advises 'implicitTls' where the server does not greet, and its end where it does", () => {
  assertEquals(
    shown("Greeting never received", "ETIMEDOUT"),
    `ETIMEDOUT: ${failed}: the server did not greet in time: if it speaks TLS from the first byte, as ` +
      "port 465 does, set 'implicitTls'",
  );
  assertEquals(
    shown("error:ssl3_get_record:wrong version number:\n", "ESOCKET", "implicit"),
    `ESOCKET: ${failed}: the server does not speak TLS on this port: leave out 'implicitTls', or use ` +
      "its TLS port",
  );
});

test("mailError() leaves the answer of a server as it is", () => {
  for (const code of ["EENVELOPE", "EAUTH", "EMESSAGE"]) {
    const error = Object.assign(new Error("550 no such user"), { code });
    assertStrictEquals(mailError(error, server), error);
  }
  assertStrictEquals(mailError("text", server), "text");
});
