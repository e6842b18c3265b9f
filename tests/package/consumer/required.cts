/** As a CommonJS program in TypeScript has it: `import` becomes `require()`. */
import { getLogger, type Logger } from "@logwire/logging";
import logging = require("@logwire/logging");

const log: Logger = getLogger("required");
if (log !== logging.getLogger("required")) throw new Error("there are two trees of loggers");
