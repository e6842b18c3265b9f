/** Logs the warnings of its runtime, as the page of `mod.ts` says. */
import process from "node:process";
import { basicConfig, getLogger } from "../../mod.ts";

basicConfig({ stream: { write: (text) => process.stdout.write(text) } });
const log = getLogger("js.warnings");
process.on("warning", (warning) => log.warning(warning));
process.emitWarning("I'm warning you...", "UserWarning");
