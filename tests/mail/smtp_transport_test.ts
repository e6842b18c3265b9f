/** Mail over SMTP with servers that refuse, stall and vanish. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Mail } from "../../src/mail/_mail.ts";
import { type SmtpServer, SmtpTransport } from "../../src/mail/_smtp_transport.ts";
import { test } from "../test.ts";
import { FakeMailServer } from "./fake_mail_server.ts";

const mail: Mail = {
  from: { name: "", address: "me" },
  to: [{ name: "", address: "you" }, { name: "Us", address: "us@mail.example" }],
  subject: "Log",
  text: "one\n.\ntwo\n",
  date: "Mon, 01 Jan 2024 00:00:00 +0000",
  messageId: "<1@mail.example>",
  get signal(): AbortSignal {
    return new AbortController().signal;
  },
};

function transportTo(server: FakeMailServer, options: Partial<SmtpServer> = {}): SmtpTransport {
  const [host, port] = server.host;
  return new SmtpTransport({
    host,
    port,
    credentials: null,
    encryption: "none",
    tls: {},
    checkCertificate: true,
    timeoutMs: 20_000,
    ...options,
  });
}

/** The error of sending a mail, with what nodemailer says of it. */
async function failure(transport: SmtpTransport, signal = mail.signal) {
  const error: { message: string; code?: string; responseCode?: number } = await assertRejects(() =>
    transport.sendMail({ ...mail, signal })
  );
  await transport.ended;
  return error;
}

test("SmtpTransport sends a mail and says QUIT", async () => {
  await using server = await new FakeMailServer().listen();
  const transport = transportTo(server);
  await transport.sendMail(mail);
  await transport.ended;
  const [ehlo, from, ...rest] = server.commands;
  assertMatch(ehlo!, /^EHLO /);
  assertMatch(from!, /^MAIL FROM:<me> SIZE=\d+$/);
  assertEquals(rest, ["RCPT TO:<you>", "RCPT TO:<us@mail.example>", "DATA", ".", "QUIT"]);
  assertEquals(server.mails.length, 1);
  assert(server.mails[0]?.endsWith("\n\none\n..\ntwo\n"), server.mails[0]);
  assert(server.mails[0]?.includes("\nDate: Mon, 01 Jan 2024 00:00:00 +0000\n"));
  assert(server.mails[0]?.includes("\nMessage-ID: <1@mail.example>\n"));
});

test("SmtpTransport fails at whatever step the server refuses, drops the connection or stalls", async () => {
  for (const step of ["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."]) {
    for (const answer of ["554 no", "421 not now", "drop", "stall"]) {
      // A server that does not know EHLO is asked again, in older words.
      const steps = step === "EHLO" ? ["EHLO", "HELO"] : [step];
      await using server = await new FakeMailServer().listen();
      for (const name of steps) server.answers[name] = answer;
      const timeoutMs = answer === "stall" ? 50 : 20_000;
      const error = await failure(
        transportTo(server, { timeoutMs, credentials: ["app", "secret"] }),
      );
      assert(error.message.length > 0, `${step}: ${answer}`);
      assertEquals(server.mails, []);
      if (answer !== "554 no") continue;
      const isOfMail = ["MAIL", "RCPT", "DATA", "."].includes(step);
      assertEquals(error.code === "EENVELOPE" || error.code === "EMESSAGE", isOfMail, step);
      if (isOfMail) assertEquals(error.responseCode, 554, step);
    }
  }
});

test("SmtpTransport has sent what the server took, however the server takes QUIT", async () => {
  for (const answer of ["drop", "stall", "500 what?"]) {
    await using server = await new FakeMailServer().listen();
    server.answers["QUIT"] = answer;
    const transport = transportTo(server, { timeoutMs: answer === "stall" ? 1000 : 20_000 });
    await transport.sendMail(mail);
    await transport.ended;
    assertEquals(server.mails.length, 1);
  }
});

test("SmtpTransport gives no password to a server that offers no way to take it", async () => {
  await using server = await new FakeMailServer().listen();
  server.answers["EHLO"] = "250-fake.example\r\n250 AUTH GSSAPI XOAUTH2";
  const error = await failure(transportTo(server, { credentials: ["app", "secret"] }));
  assertMatch(error.message, /offers no AUTH/);
  assertEquals(server.commands.length, 1);
});

test("SmtpTransport sends no mail in clear text where STARTTLS is asked for", async () => {
  await using server = await new FakeMailServer().listen();
  server.answers["STARTTLS"] = "502 what?";
  const error = await failure(transportTo(server, { encryption: "starttls" }));
  assertEquals(error.code, "ETLS");
  assertEquals(server.mails, []);
});

test("SmtpTransport lets go of the connection when nobody waits any more", async () => {
  await using server = await new FakeMailServer().listen();
  server.answers["DATA"] = "stall";
  const abort = new AbortController();
  const failing = failure(transportTo(server), abort.signal);
  await server.heard("DATA");
  abort.abort(new Error("enough"));
  assertEquals((await failing).message, "enough");
});

test("SmtpTransport says so when nobody listens", async () => {
  const server = await new FakeMailServer().listen();
  const transport = transportTo(server);
  await server[Symbol.asyncDispose]();
  assertMatch((await failure(transport)).message, /ECONNREFUSED/);
});
