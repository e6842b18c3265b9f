/**
 * Collects the records of Python programs: all of them into rotating files, errors to a web server
 * as well, and what is critical to people by mail. The programs need nothing but the
 * `logging.handlers.SocketHandler` of Python itself: see python_program.py.
 *
 *     INTAKE=intake.example:8080 MAIL_HOST=mail.example \
 *       deno run --allow-net --allow-env --allow-sys=hostname,networkInterfaces \
 *       --allow-read=. --allow-write=. collector.ts collected.log
 *
 * or with `bun collector.ts`, or with `node collector.ts` from Node 22.18 on. The
 * mails need `npm install nodemailer`.
 */
import process from "node:process";
import { Formatter, getLogger, HTTPHandler, shutdown } from "@logwire/logging";
import { connector, exitNotifier } from "@logwire/logging/auto"; // or /deno, /bun, /node
import { RotatingFileHandler } from "@logwire/logging/file-handlers";
import { LogRecordSocketReceiver } from "@logwire/logging/receiver";
import { SMTPHandler } from "@logwire/logging/smtp-handler";

const [filename = "collected.log"] = process.argv.slice(2);
const { LOG_HOST = "localhost", LOG_PORT = "9020", INTAKE = "localhost:8080" } = process.env;
const { MAIL_HOST = "localhost", MAIL_PORT = "25" } = process.env;

const file = new RotatingFileHandler(filename, {
  maxBytes: 10_000_000,
  backupCount: 5,
  gzip: true,
});
// Any attribute of a record can stand here: `process` is the Python program's process id.
file.setFormatter(
  new Formatter("%(asctime)s %(process)d %(name)s %(levelname)s %(message)s"),
);

const web = new HTTPHandler(INTAKE, "/records", { method: "POST", body: "ndjson", exitNotifier });
web.setLevel("ERROR");

const mail = new SMTPHandler([MAIL_HOST, Number(MAIL_PORT)], {
  fromaddr: "collector@shop.example",
  toaddrs: "operators@shop.example",
  subject: "A program needs help",
  exitNotifier,
});
mail.setLevel("CRITICAL");

for (const handler of [file, web, mail]) getLogger().addHandler(handler);

// Each record is handled by the logger of the name that it was logged with, so that
// getLogger("billing").setLevel("WARNING") would leave out what is less.
const receiver = new LogRecordSocketReceiver(LOG_HOST, Number(LOG_PORT), { acceptor: connector });
await receiver.start();
if (receiver.address.transport === "tcp") {
  process.stdout.write(`collecting on port ${receiver.address.port}\n`);
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void receiver.stop());
await receiver.serveUntilStopped();
await shutdown();
