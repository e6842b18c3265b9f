/** Compiled with the consumer's settings, against the types of winston and of Node. */
import { NullHandler } from "@logwire/logging";
import { winstonTransport, type WinstonTransportOptions } from "@logwire/logging/winston";
import { createLogger, format, transports } from "winston";

const options: WinstonTransportOptions = { name: "shop", format: format.json() };
const transport = winstonTransport(new NullHandler(), options);
const logger = createLogger({ transports: [transport, new transports.Console()] });
logger.add(winstonTransport(new NullHandler()));
logger.remove(transport);
transport.on("finish", () => {});
transport.level = "debug";
// @ts-expect-error -- a transport has real types
transport.level = 5;
