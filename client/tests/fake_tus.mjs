/** A tus server in memory, with a clock of its own and a network that does what a test says; and a drawer without a browser. */
import { createHash } from "node:crypto";
import { Session } from "../js/session.js";
import { keepFile } from "../js/files.js";

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const problem = (status, code, headers = {}) => new Response(JSON.stringify({ type: `urn:motcua:problem:${code}` }), { status, headers: { "content-type": "application/problem+json", "tus-resumable": "1.0.0", ...headers } });

/** IndexedDB as far as files.js knows it. */
export class Stores {
  constructor() {
    this.stores = { files: new Map(), pieces: new Map() };
    this.ended = false;
  }
  again(work) {
    return work();
  }
  async transaction(name) {
    const store = this.stores[name];
    return { store: { put: async (record) => void store.set(record.id, structuredClone(record)) }, done: Promise.resolve() };
  }
  async get(name, id) {
    return structuredClone(this.stores[name].get(id));
  }
  async getAll(name) {
    return structuredClone([...this.stores[name].values()]);
  }
  async put(name, record) {
    this.stores[name].set(record.id, record);
  }
}

/** A drawer: the real session, what the system knows of its files, and no outbox. */
export class Drawer extends EventTarget {
  constructor(server, key = null) {
    super();
    Object.assign(this, { server, key, slot: `slot-${Math.random()}`, db: new Stores(), account: { key: "secret", out: false }, session: new Session(), channel: null });
    this.session.setMeta({ need_snapshot: false });
    this.session.copies.set("d", { id: "d", rev: 1, state: "1", form: "f@1", unit: "u", procedure: "f", cells: {}, attachments: [], held: [], notes: [], steps: [], trace: [], conflicts: [], pulled_ms: 0 });
  }
  async refresh() {}
  tell() {
    this.dispatchEvent(new Event("change"));
  }
  get copy() {
    return this.session.copies.get("d");
  }
  /** Keep a file here, and have the dossier name it. */
  async add(bytes) {
    const record = await keepFile(this, { blob: new Blob([bytes]), media: "image/jpeg", small: null });
    this.copy.attachments.push({ op: `op-${record.sha256}`, slot: "s", sha256: record.sha256, bytes: bytes.length, page: 1, status: "awaited" });
    return record;
  }
  /** A pull: the copy says what the server has. */
  async pull() {
    this.copy.pulled_ms = this.server.now;
    for (const each of this.copy.attachments) if (each.status !== "bad") each.status = this.server.whole.has(each.sha256) ? "verified" : "awaited";
  }
}

export class FakeTus {
  constructor() {
    this.now = 1_795_000_000_000;
    this.uploads = new Map();
    this.whole = new Map();
    this.log = [];
    /** What happens to the next requests, first come first hit. Each is asked first; null lets the request pass. */
    this.weather = () => null;
    this.under_way = 0;
    this.most_at_once = 0;
    this.pauses = [];
  }

  /** What the lane needs of the world. */
  get world() {
    return {
      now: () => this.now,
      random: () => 0.5,
      pause: async (ms) => {
        this.pauses.push(ms);
        this.now += ms;
      },
      fetch: (url, init) => this.fetch(url, init),
      pull: (drawer) => drawer.pull(),
      mayNotSend: async () => null,
      noteSent: async () => undefined,
    };
  }

  async fetch(url, init) {
    this.under_way += 1;
    this.most_at_once = Math.max(this.most_at_once, this.under_way);
    try {
      const request = { method: init.method ?? "GET", url, bearer: init.headers.authorization, offset: Number(init.headers["upload-offset"]), body: init.body };
      this.log.push(request);
      await new Promise((next) => setImmediate(next));
      if (init.signal.aborted) throw new DOMException("", "AbortError");
      this.now += 1_000;
      return await this.carried(request, init);
    } finally {
      this.under_way -= 1;
    }
  }

  async carried(request, init) {
    const fault = this.weather(request);
    await new Promise((next) => setImmediate(next));
    if (init.signal.aborted) throw new DOMException("", "AbortError");
    if (fault?.answer) return fault.answer();
    if (fault?.cut !== undefined) {
      if (request.method === "PATCH") await this.append(request.url, request.offset, (await request.body.arrayBuffer()).slice(0, fault.cut));
      throw new TypeError("network");
    }
    if (fault?.refuse) throw new TypeError("network");
    const answer = await this.answer(request, init);
    if (fault?.lose) throw new TypeError("network");
    return answer;
  }

  async answer({ method, url, body }, init) {
    if (url === "/files/probe") return this.probe(JSON.parse(body));
    if (init.headers["tus-resumable"] !== "1.0.0") return problem(412, "invalid");
    if (method === "POST") return this.create(init.headers, await body.arrayBuffer());
    const upload = this.uploads.get(url);
    if (!upload) return problem(404, "not-found");
    if (upload.gone) return problem(410, "upload-gone");
    if (method === "HEAD") return this.said(200, upload);
    if (Number(init.headers["upload-offset"]) !== upload.bytes.length) return problem(409, "upload-offset");
    await this.append(url, upload.bytes.length, await body.arrayBuffer());
    return this.ended(upload) ?? this.said(204, upload);
  }

  said(status, upload, more = {}) {
    return new Response(null, { status, headers: { "tus-resumable": "1.0.0", "upload-offset": String(upload.bytes.length), ...more } });
  }

  probe({ sha256: hashes }) {
    const known = Object.fromEntries(hashes.map((hash) => {
      const [url, upload] = [...this.uploads].find(([, each]) => each.sha256 === hash && !each.gone) ?? [];
      return [hash, this.whole.has(hash) ? "have" : upload ? { partial: url, offset: upload.bytes.length } : "need"];
    }));
    return new Response(JSON.stringify(known), { headers: { "content-type": "application/json" } });
  }

  async create(headers, first) {
    const said = Object.fromEntries(headers["upload-metadata"].split(",").map((each) => each.split(" ")));
    const url = `/files/u${this.uploads.size + 1}`;
    const upload = { sha256: atob(said.sha256), length: Number(headers["upload-length"]), bytes: new Uint8Array(), gone: false };
    this.uploads.set(url, upload);
    await this.append(url, 0, first);
    return this.ended(upload) ?? this.said(201, upload, { location: url });
  }

  async append(url, offset, bytes) {
    const upload = this.uploads.get(url);
    if (!upload || upload.gone || offset !== upload.bytes.length) return;
    const all = new Uint8Array(upload.bytes.length + bytes.byteLength);
    all.set(upload.bytes);
    all.set(new Uint8Array(bytes), upload.bytes.length);
    upload.bytes = all;
    if (all.length !== upload.length) return;
    upload.gone = true;
    if (sha256(all) === upload.sha256) this.whole.set(upload.sha256, all);
    else upload.failed = true;
  }

  ended(upload) {
    return upload.failed ? problem(460, "checksum") : null;
  }

  seen(method, start = "/files/") {
    return this.log.filter((each) => each.method === method && each.url.startsWith(start) && each.url !== "/files/probe");
  }
}

export { problem };
