// Node's own modules run on all three runtimes, and so does the adapter for them.
import { connector } from "../../src/adapters/node.ts";
import { conformance } from "./suite.ts";
import { netServer } from "./target.ts";

conformance({ name: "node.ts", connector, rawServer: netServer, module: "node.ts" });
