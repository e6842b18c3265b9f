/** Prints whether a formatter that nothing was said to has colours. */
import { ConsoleFormatter, makeLogRecord } from "../../mod.ts";

const text = new ConsoleFormatter().format(makeLogRecord({ msg: "x" }));
// deno-lint-ignore no-console -- the result
console.log(text.includes("\x1b") ? "coloured" : "plain");
