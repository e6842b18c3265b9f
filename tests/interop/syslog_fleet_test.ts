/**
 * Many at once into real syslog daemons that are restarted: every record is where the handler's
 * account says that it is.
 */
import { assert, assertEquals } from "@std/assert";
import { withoutUnixDatagrams } from "../conformance/unixgram_peer.ts";
import { account } from "../handlers/wire.ts";
import { test } from "../test.ts";
import { until } from "../until.ts";
import { SyslogDaemon } from "./syslog/daemon.ts";
import { Fleet, type Sender } from "./syslog/fleet.ts";
import { type SyslogProgram, without } from "./syslog/program.ts";
import { rsyslog } from "./syslog/rsyslog.ts";
import { syslogNg } from "./syslog/syslog_ng.ts";
import { localWays, networkWays } from "./syslog/ways.ts";

/** Records of each sender. */
const COUNT = 10_000;
/** So many datagrams find room in the socket of a daemon that is busy with other senders. */
const ROOM = 50;
/** So many are logged in one turn of the event loop. */
const BURST = 500;

function waysInto(program: SyslogProgram) {
  const [datagrams, stream] = localWays;
  return [
    ...networkWays,
    ...withoutUnixDatagrams() ? [] : [datagrams!],
    ...program.hasUnixStreams ? [stream!] : [],
  ];
}

/** Logs until a number; by UDP, which has no way to say that it must wait, when there is room. */
async function logUntil(end: number, sender: Sender, fleet: Fleet): Promise<void> {
  while (sender.logged < end) {
    sender.log(sender.isUdp ? ROOM : BURST);
    await sender.flushed();
    if (sender.isUdp) await fleet.arrived([sender]);
  }
}

async function runFleet(program: SyslogProgram): Promise<void> {
  await using daemon = await SyslogDaemon.start(program);
  await using fleet = new Fleet(daemon, waysInto(program));
  const { senders } = fleet;
  const everybody = (log: (sender: Sender) => Promise<void>) => Promise.all(senders.map(log));
  const lasting = senders.filter(({ isUdp }) => !isUdp);

  await everybody((sender) => logUntil(COUNT / 2, sender, fleet));
  // A daemon that ends loses what it has not read, and no sender notices: it must have read all.
  await fleet.arrived();
  await daemon.stop();
  for (const sender of lasting) {
    // Who sends datagrams learns of it only from the next one.
    if (sender.way.framing !== undefined) await sender.lost();
    sender.log(COUNT / 4);
    await sender.refused();
    assertEquals(account(sender.handler).queued, COUNT / 4, sender.name);
  }
  const restarted = daemon.restart();
  for (const sender of lasting) sender.log(COUNT / 4);
  await restarted;
  await everybody((sender) => logUntil(COUNT, sender, fleet));
  await fleet.arrived();
  await daemon.stop();

  fleet.update();
  const all = Array.from({ length: COUNT }, (_, number) => number);
  for (const { name, handler, arrived } of senders) {
    assertEquals(arrived, all, `${name}: each once, in order`);
    const { emitted, sent, queued, droppedTotal } = account(handler);
    assertEquals({ emitted, sent, queued, droppedTotal }, {
      emitted: COUNT,
      sent: COUNT,
      queued: 0,
      droppedTotal: 0,
    }, name);
  }
}

test(
  "10,000 records over every transport at once into both daemons survive a restart",
  async () => {
    const runs = await Promise.allSettled([runFleet(rsyslog), runFleet(syslogNg)]);
    for (const run of runs) if (run.status === "rejected") throw run.reason;
  },
  { skip: without(rsyslog) || without(syslogNg) },
);

for (const program of [rsyslog, syslogNg]) {
  test(
    `a restart of ${program.name} amid records loses no more than its kernel had taken`,
    async () => {
      await using daemon = await SyslogDaemon.start(program);
      const [, counted, , , tls] = networkWays;
      await using fleet = new Fleet(daemon, [counted!, tls!]);
      for (const sender of fleet.senders) await logUntil(1000, sender, fleet);
      await fleet.arrived();
      let isOver = false;
      const restarted = daemon.restart().finally(() => isOver = true);
      await until(() => {
        for (const sender of fleet.senders) sender.log(10);
        return isOver;
      }, () => `${program.name} to be restarted`);
      await restarted;
      for (const sender of fleet.senders) await logUntil(sender.logged + 1000, sender, fleet);
      await fleet.arrived();
      await daemon.stop();

      fleet.update();
      for (const { name, handler, logged, arrived, loggedAtLoss } of fleet.senders) {
        const { emitted, sent, queued, droppedTotal, connects } = account(handler);
        assertEquals({ emitted, sent, queued, droppedTotal }, {
          emitted: logged,
          sent: logged,
          queued: 0,
          droppedTotal: 0,
        }, name);
        // Twice where a dial found the socket of the daemon that was about to end.
        assert(connects === 2 || connects === 3, `${name}: ${connects} connections`);
        // What was logged after the last loss was noticed is there, and what was before until a gap.
        const numbers = Array.from({ length: logged }, (_, number) => number);
        const gap = arrived.findIndex((number, i) => number !== i);
        if (gap >= 0) numbers.splice(gap, arrived[gap]! - gap);
        // A connection to the daemon that was about to end was young: what it carried comes again.
        const once = connects === 2 ? arrived : [...new Set(arrived)];
        assertEquals(once, numbers, `${name}: each once, in order, but for one gap`);
        assert((arrived[gap] ?? 0) <= loggedAtLoss[connects - 2]!, name);
      }
    },
    { skip: without(program) },
  );
}
