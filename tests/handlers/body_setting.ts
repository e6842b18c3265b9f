/** A handler with a body and a scripted server, which the tests of bodies share. */
import { VirtualClock } from "../../src/testing/_virtual_clock.ts";
import type { DeliveryEvent } from "../../src/delivery/delivery_event.ts";
import { HTTPHandler, type HTTPHandlerOptions } from "../../src/handlers/http_handler.ts";
import type { HTTPBody } from "../../src/delivery/http_body.ts";
import { FakeServer } from "./fake_server.ts";
import { record } from "./wire.ts";

/** A handler with this body, its server, and what it reported. */
export interface BodySetting {
  server: FakeServer;
  clock: VirtualClock;
  events: DeliveryEvent[];
  handler: HTTPHandler;
  faults: string[];
  /** Logs records with these messages. */
  emit(...messages: string[]): void;
}

/** Makes such a setting. */
export function bodySetting(body: HTTPBody, options: HTTPHandlerOptions = {}): BodySetting {
  const server = new FakeServer();
  const clock = new VirtualClock(1_764_385_200);
  const events: DeliveryEvent[] = [];
  const handler = new HTTPHandler("h", "/", {
    body,
    fetch: server.fetch,
    clock,
    exitNotifier: {},
    onEvent: (event) => events.push(event),
    ...options,
  });
  const faults: string[] = [];
  handler.handleError = (_record, error) => void faults.push(String(error));
  const emit = (...messages: string[]) => messages.forEach((text) => handler.handle(record(text)));
  return { server, clock, events, handler, faults, emit };
}
