/** A worker that answers with the lines that its formatters make of a redacted record. */
import {
  ConsoleFormatter,
  type Formatter,
  getLogger,
  JSONFormatter,
  RedactingFilter,
  StreamHandler,
} from "../../mod.ts";

const log = getLogger("worker");
log.propagate = false;
const lines: string[] = [];
const formatters: Formatter[] = [new JSONFormatter(), new ConsoleFormatter()];
for (const formatter of formatters) {
  const handler = new StreamHandler({ write: (text: string) => lines.push(text) });
  handler.setFormatter(formatter);
  handler.addFilter(new RedactingFilter(["**.token"]));
  log.addHandler(handler);
}

export default {
  fetch(): Response {
    lines.length = 0;
    const user = { name: "anna", token: "tulip" };
    log.error("%(name)s", user, new TypeError("no ink"), { extra: { request: { user } } });
    return Response.json(lines);
  },
};
