/** As winston.mjs, by `require()`. */
const { logByWinston } = require("./log_by_winston.cjs");

logByWinston({
  winston: require("winston"),
  logging: require("@logwire/logging"),
  ...require("@logwire/logging/winston"),
  ...require("@logwire/logging/console"),
});
