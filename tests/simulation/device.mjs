// Phones of the simulation that run client/js/session.js: one process for many, JSON lines in, JSON lines out.
// {"phone", "call", "args", "ids"?} → {"value"} or {"error"}. "ids" are what newId gives out, in order.
// The faults below are planted on purpose: each must be caught by the oracle (tests/simulation/test_faults.py).

import { createInterface } from "node:readline";
import { meaning, settled, unsent } from "../../client/js/lane.js";
import { LocalProtocolError, Session } from "../../client/js/session.js";

/** @type {Record<string, typeof Session>} */
const PLANTS = {
  none: Session,
  "saw without its chain": class extends Session {
    chain(write) {
      return [write.id];
    }
  },
  "saw moved by a pull under an open form": class extends Session {
    sawOf(dossier, path, value, rendered) {
      return super.sawOf(dossier, path, value, { ...rendered, ...this.rendered(dossier) });
    }
  },
  "own acknowledged value not counted as displayed": class extends Session {
    chain(write, path) {
      return write.status === "acked" ? this.siblingsOf(write.dossier, path) : super.chain(write, path);
    }
  },
  "nothing sent again after an epoch change": class extends Session {
    heal(epoch, now) {
      const kept = [...this.outbox.values()];
      super.heal(epoch, now);
      for (const record of kept) this.put(record);
    }
  },
  "an account that does not go before its ops": class extends Session {
    accountIsDue() {
      return false;
    }
  },
  "an account that a restore lost is not begun again": class extends Session {
    unauthenticated() {
      this.setMeta({ paused: "unauthenticated" });
    }
  },
};

const phones = new Map();

const calls = {
  load({ phone, plant, records, boot }) {
    phones.set(phone, PLANTS[plant].load(records, { device: phone, boot }));
    return null;
  },
  forget({ phone }) {
    phones.delete(phone);
    return null;
  },
};

const byHash = (files) => new Map(files.map((file) => [file.sha256, file]));

/** The lane of files decides by itself; what it needs of the phone is the session and its files. */
const lanes = {
  unsent: (session, files) => unsent(session, byHash(files)).map((file) => file.sha256),
  meaning: (_, asked, said, bytes) => meaning(asked, said, bytes),
  settled: (session, files, now) => {
    const { mark, drop } = settled(session, byHash(files), [], now, false);
    return { mark, drop: drop.map((file) => file.sha256) };
  },
};

function answer({ phone, call, args, ids = [] }) {
  if (calls[call]) return calls[call]({ phone, ...args });
  const session = phones.get(phone);
  if (lanes[call]) return lanes[call](session, ...args);
  const newId = () => ids.shift();
  const made = { send: 1, withdraw: 1, note: 1, command: 1, settle: 1, begin: 1 };
  const value = made[call] ? session[call]({ ...args[0], newId }) : session[call](...args);
  return value === undefined ? null : value;
}

createInterface({ input: process.stdin }).on("line", (line) => {
  let reply;
  try {
    reply = { value: answer(JSON.parse(line)) };
  } catch (error) {
    reply = { error: error instanceof LocalProtocolError ? "local" : String(error?.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
});
