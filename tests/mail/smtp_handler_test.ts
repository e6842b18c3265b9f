import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { createTransport } from "nodemailer";
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import type { LogRecord } from "../../src/logging/log_record.ts";
import {
  type Mail,
  mailHandlerClasses,
  type MailTransport,
  SMTPHandler,
  type SMTPHandlerOptions,
} from "../../src/mail/smtp_handler.ts";
import { setRaiseExceptions } from "../../src/logging/raise_exceptions.ts";
import { catchStderr } from "../stderr.ts";
import { test } from "../test.ts";
import { Dice } from "../delivery/scripted_faults.ts";
import { account, record } from "../handlers/wire.ts";
import { FakeMailServer } from "./fake_mail_server.ts";

const addresses = { fromaddr: "app@mail.example", toaddrs: ["ops@mail.example"], subject: "Log" };

/** What becomes of a mail: taken, never answered, or an error. */
type Fate = "taken" | "hang" | Error;

/** The error of a server that answers this. */
function answered(code: string, responseCode?: number): Error {
  return Object.assign(new Error(`it said ${responseCode}`), { code, responseCode });
}

/** Takes mails unless told otherwise. */
class FakeTransport implements MailTransport {
  readonly mails: Mail[] = [];
  readonly fates: Fate[] = [];
  underWay = 0;

  sendMail(mail: Mail): Promise<unknown> {
    assertEquals(++this.underWay, 1, "one at a time");
    const fate = this.fates.shift() ?? "taken";
    this.mails.push(mail);
    return new Promise<void>((resolve, reject) => {
      mail.signal.addEventListener("abort", () => {
        this.underWay--;
        reject(mail.signal.reason);
      });
      if (fate === "hang") return;
      this.underWay--;
      if (fate === "taken") resolve();
      else reject(fate);
    });
  }

  get texts(): string[] {
    return this.mails.map(({ text }) => text.trim());
  }
}

/** A handler, what it sends with, and what it told. */
function setting(options: Partial<SMTPHandlerOptions> = {}) {
  const transport = new FakeTransport();
  const clock = new VirtualClock(1_700_000_000);
  const events: DeliveryEvent[] = [];
  const faults: unknown[] = [];
  const handler = new SMTPHandler("mail.example", {
    ...addresses,
    transport,
    clock,
    onEvent: (event) => events.push(event),
    ...options,
  });
  handler.handleError = (_record, error) => void faults.push(error);
  const emit = (...texts: string[]) => texts.forEach((text) => handler.handle(record(text)));
  return { transport, clock, events, faults, handler, emit };
}

test("SMTPHandler has CPython's attributes and defaults", () => {
  const { handler } = setting({ toaddrs: "you" });
  assertEquals([handler.mailhost, handler.mailport, handler.timeout], ["mail.example", 25, 5]);
  assertEquals([handler.fromaddr, handler.toaddrs], ["app@mail.example", ["you"]]);
  assertEquals([handler.subject, handler.username], ["Log", null]);
  const other = new SMTPHandler(["::1", 2525], {
    ...addresses,
    credentials: ["app", "secret"],
    timeout: 0.5,
  });
  assertEquals([other.mailhost, other.mailport, other.timeout], ["::1", 2525, 0.5]);
  assertEquals(other.username, "app");
});

test("SMTPHandler sends a mail a record, merged and formatted", async () => {
  const { transport, handler } = setting({
    fromaddr: "My App <app@mail.example>",
    toaddrs: ["a@x.example, B <b@x.example>", "root"],
  });
  handler.handle(record("%d of %s", 5, "ü"));
  await handler.flush();
  const [{ signal: _, messageId, date, ...mail }] = transport.mails as [Mail];
  assertEquals(mail, {
    from: { name: "My App", address: "app@mail.example" },
    to: [
      { name: "", address: "a@x.example" },
      { name: "B", address: "b@x.example" },
      { name: "", address: "root" },
    ],
    subject: "Log",
    text: "5 of ü\n",
  });
  assertMatch(messageId, /^<[-0-9a-f]{36}@mail\.example>$/);
  assertMatch(date, /^(Tue, 14|Wed, 15) Nov 2023 \d\d:\d\d:20 [+-]\d{4}$/);
  assertEquals([account(handler).sent, handler.stats.connects], [1, 1]);
  await handler.close();
});

test("SMTPHandler asks getSubject() for the subject of each mail", async () => {
  const transport = new FakeTransport();
  class Own extends SMTPHandler {
    override getSubject(record: LogRecord): string {
      return `${record.levelname}: ${super.getSubject(record)}`;
    }
  }
  const handler = new Own("h", { ...addresses, transport });
  handler.handle(record("one"));
  handler.subject = "Other";
  handler.handle(record("two"));
  await handler.close();
  assertEquals(transport.mails.map(({ subject }) => subject), ["INFO: Log", "INFO: Other"]);
});

test("SMTPHandler folds a subject of several lines into one line, so that no text becomes a header", async () => {
  const { transport, handler, faults, emit } = setting();
  const subjects = {
    "a\nBcc: all@mail.example": "a Bcc: all@mail.example",
    "a\r": "a",
    "\n": "",
    " one \r\n\t two\u2028three\v": "one two three",
    "  as it is ": "  as it is ",
  };
  for (const subject of Object.keys(subjects)) {
    handler.subject = subject;
    emit("x");
  }
  handler.subject = 5 as unknown as string;
  emit("x");
  await handler.flush();
  assertEquals(transport.mails.map(({ subject }) => subject), Object.values(subjects));
  assertEquals(faults.map(String), ["TypeError: the subject of a mail must be a string"]);
  assertEquals(account(handler).dropped.error, 1);
  await handler.close();
});

test("SMTPHandler reports a refused recipient once, and again after a mail that it has got", async () => {
  const refused = { rejected: ["b@x.example"], rejectedErrors: [{ response: "550 no such user" }] };
  const results: unknown[] = [refused, refused, {}, refused, {
    rejected: ["b@x.example", { address: "c@x.example" }],
  }];
  const transport: MailTransport = { sendMail: () => Promise.resolve(results.shift()) };
  const toaddrs = ["a@x.example", "b@x.example", "c@x.example"];
  const { handler, events, emit } = setting({ transport, toaddrs });
  emit("1", "2", "3", "4", "5");
  await handler.flush();
  const answer = "550 no such user";
  const type = "recipients-refused";
  assertEquals(events.filter((event) => event.type === type), [
    { type, recipients: [{ address: "b@x.example", answer }] },
    { type, recipients: [{ address: "b@x.example", answer }] },
    { type, recipients: [{ address: "c@x.example", answer: "" }] },
  ]);
  assertEquals([...handler.refusedRecipients], [["b@x.example", 4], ["c@x.example", 1]]);
  assertEquals(account(handler).sent, 5);
  await handler.close();
});

test("SMTPHandler prints a refused recipient, unless the program listens or wants no reports", async () => {
  const results = { rejected: ["b@x.example"], rejectedErrors: [new Error("no\nsuch user")] };
  const transport: MailTransport = { sendMail: () => Promise.resolve(results) };
  const mailed = async (options: Partial<SMTPHandlerOptions> = {}): Promise<string> => {
    const handler = new SMTPHandler("h", { ...addresses, transport, exitNotifier: {}, ...options });
    const faults: unknown[] = [];
    handler.handleError = (_record, error) => void faults.push(error);
    const stderr = catchStderr();
    handler.handle(record("a"));
    handler.handle(record("b"));
    await handler.close();
    stderr.end();
    assertEquals(handler.refusedRecipients.get("b@x.example"), 2);
    return [...stderr.lines, ...faults].join("\n");
  };
  assertEquals(
    await mailed(),
    "logwire: SMTPHandler h:25: the recipient b@x.example is refused: " +
      '"no\\nsuch user"; others get the mails',
  );
  setRaiseExceptions(false);
  assertEquals(await mailed(), "");
  setRaiseExceptions(true);
  const onEvent = ({ type }: DeliveryEvent) => {
    if (type === "recipients-refused") throw new Error("the listener fails");
  };
  assertEquals(await mailed({ onEvent }), "Error: the listener fails");
});

test("SMTPHandler drops what the server does not want, and tells handleError()", async () => {
  const { transport, handler, faults, emit } = setting();
  const unwanted = [answered("EENVELOPE", 550), answered("EMESSAGE", 554), answered("EENVELOPE")];
  transport.fates.push(...unwanted, answered("EMESSAGE", 552), "taken");
  emit("a", "b", "c", "d", "e");
  await handler.flush();
  const { dropped, sent, connectFailures } = account(handler);
  assertEquals([dropped.error, dropped.tooLarge, sent, connectFailures], [3, 1, 1, 0]);
  assertEquals(faults, unwanted);
  assertEquals(transport.texts, ["a", "b", "c", "d", "e"]);
  await handler.close();
});

test("SMTPHandler sends again what the server puts off, the same mail, further and further apart", async () => {
  const { transport, clock, handler, faults, emit, events } = setting();
  const later = [
    ...[answered("EENVELOPE", 451), answered("EMESSAGE", 452), answered("EAUTH", 535)],
    ...[answered("ESOCKET"), answered("ETIMEDOUT"), new TypeError("not nodemailer's")],
  ];
  transport.fates.push(...later);
  emit("first", "second");
  await clock.advance();
  assertEquals([handler.stats.queued, handler.stats.connectFailures], [2, 1]);
  const waits = [];
  for (const _ of later) {
    waits.push(handler.retryPeriod);
    await clock.advance(handler.retryPeriod * 1100);
  }
  assertEquals(waits, [1, 2, 4, 8, 16, 32]);
  assertEquals(transport.texts, [...later.map(() => "first"), "first", "second"]);
  assertEquals(new Set(transport.mails.map(({ messageId }) => messageId)).size, 2);
  assertEquals(new Set(transport.mails.map(({ date }) => date)).size, 1);
  assertEquals(faults, later);
  assertEquals([account(handler).sent, handler.stats.connectFailures], [2, 6]);
  assertEquals(events.filter(({ type }) => type.startsWith("outage")).length, 2);
  assertEquals(handler.retryMax, 300);
  await handler.close();
});

test('SMTPHandler drops what cannot be sent, with `whileDisconnected: "drop"`', async () => {
  const { transport, clock, handler, faults, emit } = setting({ whileDisconnected: "drop" });
  const refused = answered("ESOCKET");
  transport.fates.push(refused);
  emit("a", "b");
  await clock.advance();
  emit("c");
  assertEquals(account(handler).dropped.disconnected, 3);
  await clock.advance(1000);
  emit("d");
  await handler.flush();
  assertEquals(transport.texts, ["a", "d"]);
  assertEquals(faults, [refused]);
  await handler.close();
});

test("SMTPHandler makes of ten thousand errors a hundred mails, sixty a minute, and tells the rest", async () => {
  const { transport, clock, handler, emit, events } = setting();
  for (let i = 0; i < 10_000; i++) emit(`#${i}`);
  await clock.advance();
  assertEquals(transport.mails.length, 60);
  assertEquals([account(handler).dropped.overflow, handler.stats.queued], [9900, 40]);
  await clock.advance(59_000);
  assertEquals(transport.mails.length, 60);
  await clock.advance(1000);
  assertEquals(transport.mails.length, 100);
  assertEquals(transport.texts.at(-1), "#9999");
  const told = events.filter((event) => event.type === "dropped");
  assertEquals(told, [{ type: "dropped", reason: "overflow", records: 9900 }]);
  assertEquals(events.at(-1), { type: "outage-over", lost: 9900 });
  assertEquals(clock.pendingTimers, 0);
  await handler.close();
});

test("SMTPHandler gives up a mail that takes too long", async () => {
  const { transport, clock, handler, faults, emit } = setting({ timeout: 2 });
  transport.fates.push("hang");
  emit("x");
  await clock.advance(26_000 - 1);
  assertEquals([handler.stats.connectFailures, transport.underWay], [0, 1]);
  await clock.advance(1);
  assertEquals([handler.stats.connectFailures, transport.underWay], [1, 0]);
  assertMatch(String(faults[0]), /not taken within 26 seconds/);
  await clock.advance(1100);
  assertEquals(account(handler).sent, 1);
  await handler.close();
});

test("close() of SMTPHandler waits for closeTimeoutMs and no longer, for a server or for the minute", async () => {
  for (const maxMailsPerMinute of [1, 60]) {
    const { transport, clock, handler, faults, emit } = setting({ maxMailsPerMinute });
    transport.fates.push("taken", "hang");
    emit("a", "b", "c");
    const closing = handler.close();
    await clock.advance(4999);
    assertEquals(handler.stats.queued, 2);
    await clock.advance(1);
    await closing;
    emit("late");
    assertEquals([account(handler).sent, handler.stats.dropped.closed], [1, 3]);
    assertEquals([transport.underWay, clock.pendingTimers], [0, 0]);
    assertEquals(transport.mails.length, maxMailsPerMinute === 1 ? 1 : 2);
    assertEquals(faults, []);
  }
});

test("close() of SMTPHandler tries once more while the server is away", async () => {
  const { transport, clock, handler, emit } = setting();
  transport.fates.push(answered("ESOCKET"), answered("ESOCKET"));
  emit("a");
  await clock.advance();
  await handler.close();
  assertEquals(transport.texts, ["a", "a"]);
  assertEquals(account(handler).dropped.closed, 1);
});

test("SMTPHandler flushes when the event loop runs dry, if it is told", async () => {
  let beforeExit: (() => Promise<void>) | undefined;
  const { transport, handler, emit } = setting({
    exitNotifier: {
      atExit(hooks) {
        beforeExit = hooks.beforeExit;
        return () => beforeExit = undefined;
      },
    },
    maxMailsPerMinute: 1,
  });
  emit("a");
  await handler.flush();
  assert(beforeExit !== undefined);
  await beforeExit();
  assertEquals(transport.texts, ["a"]);
  await handler.close();
  assertEquals(beforeExit, undefined);
});

test("SMTPHandler sends with a transport of nodemailer's", async () => {
  const transport = createTransport({ jsonTransport: true });
  const handler = new SMTPHandler("h", { ...addresses, transport });
  handler.handle(record("x"));
  await handler.close();
  assertEquals(account(handler).sent, 1);
});

test("SMTPHandler sends one mail at a time over a connection of its own each", async () => {
  await using server = await new FakeMailServer().listen();
  const handler = new SMTPHandler(server.host, addresses);
  for (let i = 0; i < 10; i++) handler.handle(record("#%d", i));
  await handler.close();
  assertEquals(server.mails.map((mail) => mail.match(/\n\n(.*)\n/)?.[1]), [
    ...["#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9"],
  ]);
  const words = server.commands.map((command) => command.split(/[ :]/, 1)[0]);
  const each = ["EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT"];
  assertEquals(words, Array.from({ length: 10 }, () => each).flat());
  assertEquals([server.connections, account(handler).sent], [10, 10]);
});

test("SMTPHandler keeps its account whatever a transport does", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const dice = new Dice(seed);
    const { transport, clock, handler, emit } = setting({
      whileDisconnected: dice.pick("drop", "queue"),
      overflow: dice.pick("drop-oldest", "drop-newest"),
      maxQueuedRecords: dice.pick(1, 5, 100),
      maxMailsPerMinute: dice.pick(1, 10, Infinity),
      timeout: dice.pick(0.1, 5),
    });
    for (let step = 0; step < 60; step++) {
      transport.fates.push(dice.pick<Fate>(
        ...["taken", "taken", "hang"] as const,
        ...[answered("ESOCKET"), answered("EENVELOPE", 550), answered("EMESSAGE", 552)],
      ));
      emit(...Array.from({ length: dice.pick(0, 1, 7) }, () => "x"));
      account(handler);
      await clock.advance(dice.pick(0, 100, 3000, 70_000));
      account(handler);
      if (dice.once(20)) void handler.flush();
    }
    const closing = handler.close();
    await clock.advance(5000);
    await closing;
    assertEquals([account(handler).queued, clock.pendingTimers, transport.underWay], [0, 0, 0]);
  }
});

test("SMTPHandler refuses options that are bad, and says which", () => {
  const bad: [unknown, object, RegExp][] = [
    ["", {}, /'mailhost'/],
    [["h"], {}, /'mailhost'/],
    [["h", 0], {}, /'port'/],
    ["h", { fromaddr: "" }, /'fromaddr'/],
    ["h", { fromaddr: "a@x\nBcc: b@x" }, /'fromaddr'/],
    ["h", { fromaddr: "a@x, b@x" }, /'fromaddr'/],
    ["h", { toaddrs: [] }, /'toaddrs'/],
    ["h", { toaddrs: ["a@x", "\r"] }, /'toaddrs'/],
    ["h", { toaddrs: ["a@x", "<>"] }, /'toaddrs'/],
    ["h", { toaddrs: 5 }, /'toaddrs'/],
    ["h", { subject: 5 }, /'subject'/],
    ["h", { credentials: ["app"] }, /'credentials'/],
    ["h", { credentials: "app:secret" }, /'credentials'/],
    ["h", { secure: "yes" }, /'secure'/],
    ["h", { secure: { ca: "pem" } }, /'secure.ca'/],
    ["h", { secure: { checkCertificate: 0 } }, /'secure.checkCertificate'/],
    ["h", { secure: { keyfile: "k" } }, /'keyfile'/],
    ["h", { implicitTls: 465 }, /'implicitTls'/],
    ["h", { timeout: 0 }, /'timeout'/],
    ["h", { timeout: null }, /'timeout'/],
    ["h", { maxMailsPerMinute: 0 }, /'maxMailsPerMinute'/],
    ["h", { maxQueuedRecords: 0 }, /'maxQueuedRecords'/],
    ["h", { transport: {} }, /'transport'/],
    ["h", { exitNotifier: 5 }, /'exitNotifier'/],
    ["h", { connectTimeoutMs: 5 }, /'connectTimeoutMs'/],
    ["h", { recipient: "a@x" }, /'recipient'/],
  ];
  for (const [host, options, message] of bad) {
    const error = assertThrows(() =>
      new SMTPHandler(host as string, { ...addresses, ...options } as SMTPHandlerOptions)
    );
    assertMatch(String(error), message);
    assert(!String(error).includes("secret"));
  }
});

test("mailHandlerClasses makes an SMTPHandler of Python's keywords", async () => {
  const make = mailHandlerClasses["logging.handlers.SMTPHandler"]!;
  const keywords = { fromaddr: "a@mail.example", toaddrs: "b@mail.example", subject: "s" };
  const credentials = ["app", "secret"];
  const handler = make({ mailhost: ["mail.example", 587], ...keywords, credentials, secure: [] });
  assertEquals([handler.mailhost, handler.mailport], ["mail.example", 587]);
  assertEquals([handler.toaddrs, handler.username], [["b@mail.example"], "app"]);
  await handler.close();
  assertThrows(
    () => make({ mailhost: "mail.example", ...keywords, credentials, secure: ["key.pem"] }),
    TypeError,
    "'secure' must be [], true or an object of PEM text",
  );
});
