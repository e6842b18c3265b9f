/** `SMTPHandler` beside CPython's own, mail by mail, at a real mail server. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { test } from "../test.ts";
import { withoutModule } from "./python.ts";
import { ca, type Case, SmtpPeer, tls } from "./smtp_peer.ts";

const skip = withoutModule("aiosmtpd");

const certificate = { cert: tls("server.pem"), key: tls("server.key") };

const plain: Case = { fromaddr: "me", toaddrs: "you", subject: "Log", message: "Hello ✓" };

const bodies = [
  "Hello ✓",
  "plain",
  "",
  "\n",
  "one\ntwo\n",
  "one\r\ntwo\rthree",
  "ends twice\n\n",
  ".\n..\n.dot\n From here",
  "trailing \t \n  leading  ",
  `a long line: ${"word ".repeat(400)}`,
  `a long line without a break: ${"x".repeat(3000)}`,
  `wide: ${"äöü✓😀".repeat(300)}`,
  "=3D = =\n=?utf-8?q?x?=",
  'Traceback (most recent call last):\n  File "x.py"\nBoom: \x00\x01\x7f',
];

const subjects = [
  "Lög ✓",
  "ä".repeat(200),
  "plain words ".repeat(20).trim(),
  `${"x".repeat(100)} ü ${"y".repeat(100)}`,
  "=?utf-8?q?looks_encoded?=",
  "a: b; c <d@e>",
  "😀😀",
];

const cases: Case[] = [
  ...bodies.map((message) => ({ ...plain, message })),
  ...subjects.map((subject) => ({ ...plain, subject })),
  { ...plain, fromaddr: "app@mail.example", toaddrs: ["ops@mail.example", "dev@mail.example"] },
  { ...plain, fromaddr: "My App <app@mail.example>", toaddrs: ["Ops <ops@mail.example>"] },
  { ...plain, fromaddr: '"Äpp, Inc." <app@mail.example>', toaddrs: "a@b.example, C <c@d.example>" },
  { ...plain, toaddrs: ["you", "gone@mail.example"] },
];

test("SMTPHandler delivers the same mails as CPython's SMTPHandler", async () => {
  await using peer = await SmtpPeer.start();
  for (const sent of cases) {
    const context = JSON.stringify(sent).slice(0, 120);
    const theirs = await peer.theirs(sent);
    const ours = await peer.ours(sent);
    assertEquals([theirs.error, ours.error], [null, null], context);
    assertEquals(ours.heard, theirs.heard, context);
    const [their, our] = [theirs.mails[0], ours.mails[0]];
    assert(their !== undefined && our !== undefined, context);
    for (
      const name of ["from", "to", "addresses", "subject", "offset", "type", "body"] as const
    ) assertEquals(our[name], their[name], `${context}: ${name}`);
    assertEquals(our.headers, [...their.headers, "Message-ID"].sort(), context);
    assert(Math.abs(our.seconds - their.seconds) < 60, context);
    assertMatch(our.messageId, /^<[-0-9a-f]{36}@[a-z0-9.]+>$/);
    for (const mail of [our, their]) assertEquals(mail.size, [`SIZE=${mail.bytes}`], context);
    assert(our.raw.split("\r\n").every((line) => line.length <= 998), context);
  }
}, { skip });

test(
  "SMTPHandler leaves a line unchanged that CPython's SMTPHandler marks for mailbox files",
  async () => {
    await using peer = await SmtpPeer.start();
    const sent = { ...plain, message: "From here" };
    assertEquals((await peer.theirs(sent)).mails[0]?.body, ">From here\n");
    assertEquals((await peer.ours(sent)).mails[0]?.body, "From here\n");
  },
  { skip },
);

test("SMTPHandler fails where CPython's SMTPHandler fails", async () => {
  await using peer = await SmtpPeer.start();
  const failing: [string, Case][] = [
    ["SMTPRecipientsRefused", { ...plain, toaddrs: "gone@mail.example" }],
    ["SMTPRecipientsRefused", { ...plain, toaddrs: ["later@mail.example", "gone@mail.example"] }],
    ["SMTPNotSupportedError", { ...plain, credentials: ["app", "secret"] }],
    ["SMTPNotSupportedError", { ...plain, credentials: ["app", "secret"], secure: true }],
  ];
  for (const [name, sent] of failing) {
    const context = JSON.stringify(sent);
    const theirs = await peer.theirs(sent);
    assertEquals([theirs.error, theirs.mails], [name, []], context);
    const ours = await peer.ours(sent);
    assert(ours.error instanceof Error, context);
  }
}, { skip });

test(
  "SMTPHandler folds a subject of several lines, for which CPython's SMTPHandler loses the mail",
  async () => {
    await using peer = await SmtpPeer.start();
    const folded = {
      "one\ntwo": "one two",
      "one\rBcc: all@mail.example": "one Bcc: all@mail.example",
      "Lög ✓\r\n\tzwei\u2028drei": "Lög ✓ zwei drei",
    };
    for (const [subject, expected] of Object.entries(folded)) {
      const theirs = await peer.theirs({ ...plain, subject });
      assertEquals([theirs.error, theirs.mails], ["ValueError", []], subject);
      const ours = await peer.ours({ ...plain, subject });
      assertEquals([ours.error, ours.mails[0]?.subject], [null, expected]);
      assert(!ours.mails[0]?.headers.includes("Bcc"));
      assertEquals(ours.mails[0]?.to, ["you"]);
    }
  },
  { skip },
);

test(
  "SMTPHandler reports the recipients that a server refuses, of which CPython says nothing",
  async () => {
    await using peer = await SmtpPeer.start();
    const toaddrs = ["you", "gone@mail.example", "later@mail.example"];
    const theirs = await peer.theirs({ ...plain, toaddrs });
    assertEquals([theirs.error, theirs.mails[0]?.to], [null, ["you"]]);
    const events: DeliveryEvent[] = [];
    const onEvent = (event: DeliveryEvent) => void events.push(event);
    const ours = await peer.ours({ ...plain, toaddrs }, { onEvent });
    assertEquals([ours.error, ours.mails[0]?.to], [null, ["you"]]);
    assertEquals(events.filter(({ type }) => type === "recipients-refused"), [{
      type: "recipients-refused",
      recipients: [
        { address: "gone@mail.example", answer: "550 no such user" },
        { address: "later@mail.example", answer: "451 come back later" },
      ],
    }]);
  },
  { skip },
);

test("SMTPHandler authenticates as CPython's SMTPHandler does", async () => {
  const login: Case = { ...plain, credentials: ["app", "secret"] };
  for (const auth of [["PLAIN", "LOGIN", "CRAM-MD5"], ["LOGIN", "PLAIN"], ["LOGIN"]]) {
    await using peer = await SmtpPeer.start({ auth });
    const theirs = await peer.theirs(login);
    const ours = await peer.ours(login);
    assertEquals([theirs.mails.length, ours.mails.length], [1, 1]);
    assertEquals(ours.heard, theirs.heard);
    const wrong: Case = { ...login, credentials: ["app", "wrong"] };
    assertEquals((await peer.theirs(wrong)).error, "SMTPAuthenticationError");
    assert((await peer.ours(wrong)).error instanceof Error);
    assertEquals((await peer.theirs(plain)).error, "SMTPSenderRefused");
    assert((await peer.ours(plain)).error instanceof Error);
  }
}, { skip });

test(
  "SMTPHandler uses STARTTLS where there are credentials, as CPython's SMTPHandler does",
  async () => {
    await using peer = await SmtpPeer.start({ ...certificate, auth: ["PLAIN", "LOGIN"] });
    const login: Case = { ...plain, credentials: ["app", "secret"], secure: true };
    const theirs = await peer.theirs(login);
    const ours = await peer.ours(login);
    assertEquals(ours.heard, ["EHLO", "STARTTLS", "EHLO", "AUTH PLAIN"]);
    assertEquals(ours.heard, theirs.heard);
    assertEquals([theirs.mails[0]?.tls, ours.mails[0]?.tls], [true, true]);
    const clear: Case = { ...plain, credentials: ["app", "secret"] };
    assertEquals((await peer.ours(clear)).heard, (await peer.theirs(clear)).heard);
  },
  { skip },
);

test(
  "SMTPHandler sends no password to a server whose certificate is not valid, unless told to",
  async () => {
    await using peer = await SmtpPeer.start({ ...certificate, auth: ["PLAIN"] });
    const login: Case = { ...plain, credentials: ["app", "secret"] };
    assert((await peer.ours(login, { secure: true })).error instanceof Error);
    assert((await peer.ours(login, { secure: { ca, serverName: "other.example" } })).error);
    const trusting = await peer.ours(login, { secure: { checkCertificate: false } });
    assertEquals(trusting.heard, ["EHLO", "STARTTLS", "EHLO", "AUTH PLAIN"]);
  },
  { skip },
);

test("SMTPHandler speaks TLS from the first byte on with `implicitTls`", async () => {
  await using peer = await SmtpPeer.start({ ...certificate, implicit: true });
  const { mails, heard } = await peer.ours(plain, { implicitTls: true, secure: { ca } });
  assertEquals([mails[0]?.tls, heard], [true, ["EHLO"]]);
  assert((await peer.ours(plain, { implicitTls: true })).error instanceof Error);
}, { skip });
