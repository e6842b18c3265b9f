/** Logs by winston and the console through the package. */
import * as logging from "@logwire/logging";
import { captureConsole } from "@logwire/logging/console";
import { winstonTransport } from "@logwire/logging/winston";
import winston from "winston";
import { logByWinston } from "./log_by_winston.cjs";

logByWinston({ winston, logging, winstonTransport, captureConsole });
