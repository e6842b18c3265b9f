/** A worker that answers with what a request's context put on the records of that request. */
import { getLogger, Handler, type LogRecord } from "../../mod.ts";
import { withContext } from "../../src/context/with_context.ts";
import { turns } from "../turns.ts";

class ListHandler extends Handler {
  readonly records: LogRecord[] = [];

  override emit(record: LogRecord): void {
    this.records.push(record);
  }
}

const handler = new ListHandler();
getLogger().addHandler(handler);

export default {
  async fetch(request: Request): Promise<Response> {
    const id = new URL(request.url).pathname;
    await withContext({ id }, async () => {
      getLogger("worker").warning("begins %s", id);
      await turns(5);
      await Promise.all([1, 2].map(async () => {
        await null;
        getLogger("worker").warning("goes on %s", id);
      }));
    });
    getLogger("worker").warning("is answered %s", id);
    const own = handler.records.filter(({ args }) => (args as string[])[0] === id);
    return Response.json(own.map((record) => record.id ?? null));
  },
};
