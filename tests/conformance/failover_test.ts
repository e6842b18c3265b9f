// A connection of failover() is one of the connector that it is given, with all that such a one can do.
import { connector } from "../../src/adapters/auto.ts";
import { failover } from "../../src/delivery/failover.ts";
import { streams } from "./streams.ts";
import { memoryTarget, netServer } from "./target.ts";

const { connector: network, rawServer } = memoryTarget();
streams({ name: "failover() in memory", connector: failover(network, []), rawServer });
streams({
  name: "failover() by the runtime",
  connector: failover(connector, []),
  rawServer: netServer,
});
