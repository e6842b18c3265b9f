/** Logs a record by LogTape and one by OpenTelemetry to a handler that prints name, level and text. */
exports.logByBoth = async ({ logtape, sdk, logging, logtapeSink, logRecordExporter }) => {
  class Printer extends logging.Handler {
    emit(record) {
      // deno-lint-ignore no-console -- it is the result
      console.log(record.name, record.levelname, record.getMessage());
    }
  }
  await logtape.configure({
    sinks: { printer: logtapeSink(new Printer()) },
    loggers: [
      { category: ["shop"], sinks: ["printer"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["printer"] },
    ],
  });
  logtape.getLogger(["shop", "cart"]).info("{count} pens, 50% off", { count: 2 });
  await logtape.dispose();
  const exporter = logRecordExporter(new Printer());
  const processors = [new sdk.SimpleLogRecordProcessor({ exporter })];
  const provider = new sdk.LoggerProvider({ processors });
  provider.getLogger("shop.cart").emit({ severityNumber: 17, body: "out of ink" });
  await provider.shutdown();
};
