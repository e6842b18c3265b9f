/** As logtape.mjs, by `require()`. */
const { logByBoth } = require("./log_by_both.cjs");

logByBoth({
  logtape: require("@logtape/logtape"),
  sdk: require("@opentelemetry/sdk-logs"),
  logging: require("@logwire/logging"),
  ...require("@logwire/logging/logtape"),
  ...require("@logwire/logging/opentelemetry"),
});
