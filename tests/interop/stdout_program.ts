// Logs many lines to standard output, as a configuration in a file says, and ends at once.
import process from "node:process";
import { getLogger } from "../../mod.ts";
import { dictConfig } from "../../src/config/dict_config.ts";

const stream = "ext://sys.stdout";
dictConfig({
  version: 1,
  handlers: { console: { class: "logging.StreamHandler", stream } },
  root: { level: "INFO", handlers: ["console"] },
});
for (let i = 0; i < 5000; i++) getLogger().info("line %d %s", i, "x".repeat(50));
process.exit(0);
