/** As pino.mjs, in the program alone and by require(). */
const { StreamHandler } = require("@logwire/logging");
const { pinoDestination } = require("@logwire/logging/pino");
const pino = require("pino");

const handler = new StreamHandler({ write: (text) => process.stdout.write(text) });
pino(pinoDestination(handler)).warn("low on %s", "ink");
