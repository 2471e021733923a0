/** What the phone says of each state of the office, why a day is due, what is asked for, and what is news. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import "./memory.mjs";

const js = fileURLToPath(new URL("../js/", import.meta.url));
const names = ["national", "due", "life", "supplement", "arrived", "texts", "session"];
const contents = names.map((name) => `export * from "./${name}.js";`).join("\n");
const bundle = await build({ stdin: { contents, resolveDir: js }, bundle: true, format: "esm", write: false, define: { document: "globalThis.page", addEventListener: "globalThis.page.on" } });
globalThis.page = /** @type {any} */ ({ on() {}, body: { dataset: {} } });
const m = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);
for (const part of ["after", "office"]) m.learnTexts(JSON.parse(readFileSync(`${js}generated/${part}.json`, "utf8")));

const TODAY = "2026-11-24";
const AT = Date.parse("2026-11-20T09:00:00+07:00");
let made = 0;
const step = (/** @type {string} */ command, /** @type {string} */ state, /** @type {any} */ more = {}) => ({ op: `op${(made += 1)}`, command, state, at: AT + made * 1000, unit: "06154", role: "counter", ...more });
const submit = () => step("submit", "1", { role: "applicant" });
const copy = (/** @type {any[]} */ steps, /** @type {any} */ more = {}) => ({ id: "d1", rev: 3, state: steps.at(-1).state, form: "1.004873@1", unit: "06154", procedure: "1.004873", code: "LS-06154-261120-0001",
  due: "2026-12-01T17:00:00+07:00", channel: "online", cells: {}, attachments: [], held: [], notes: [], trace: [], conflicts: [], steps, ...more });
const asked = (/** @type {any} */ more = {}) => step("ask_more", "5", { reason: "ảnh mờ", until: "2026-12-04", items: [{ text: "Số điện thoại", path: "applicant.phone" }, { text: "Bản án", slot: "ruling" }, { text: "Đã ở đâu trước 2010" }], ...more });
const says = (/** @type {any} */ c) => { const said = m.officeSays(c, TODAY); return said && [said.label, said.words].filter(Boolean).join(": "); };

test("each of the ten national states has its sentence, with the office's own dates, sums and reasons", () => {
  const said = {
    1: [submit()], 2: [submit(), step("receive", "2")], 3: [submit(), step("reject", "3", { reason: "nộp nhầm xã" })],
    4: [submit(), step("receive", "2"), step("start", "4")], 5: [submit(), asked()],
    6: [submit(), step("charge", "6", { args: { amount: 15000, item: "lệ phí xác nhận." } })],
    7: [submit(), step("withdraw", "7", { role: "applicant" })],
    8: [submit(), step("stop", "8", { reason: "không bổ sung đúng hạn" })],
    9: [submit(), step("finish", "9", { args: { result: "granted" } })],
    10: [submit(), step("give", "10", { args: { how: "post", to: "Hoàng Thị Ánh" } })],
  };
  assert.deepEqual(Object.fromEntries(Object.entries(said).map(([state, steps]) => [state, says(copy(steps))])), {
    1: "Chờ xã kiểm tra.", 2: "Xã đã tiếp nhận, hẹn trả 01/12/2026.", 3: "Xã không tiếp nhận: nộp nhầm xã.", 4: "Xã đang giải quyết: Hẹn trả 01/12/2026.",
    5: "Cần anh/chị bổ sung 3 thứ, hạn 04/12/2026.", 6: "Cần nộp 15.000 đ: lệ phí xác nhận.", 7: "Xã đang xem lời xin rút: Đã xin rút, chờ xã trả lời.",
    8: "Đã dừng: không bổ sung đúng hạn.", 9: "Mời anh/chị nhận tại xã.", 10: "Đã trả kết quả: Đã trả ngày 20/11/2026, qua bưu điện. Người nhận: Hoàng Thị Ánh.",
  });
  assert.equal(says(copy([step("x", "draft")])), null);
});

test("a day that is over is said and not excused; a new day is, with the old one and the reason", () => {
  const steps = [submit(), step("receive", "2"), step("start", "4")];
  const late = "2026-11-23T17:00:00+07:00";
  assert.match(says(copy(steps, { due: late })), /Hẹn trả 23\/11\/2026, nay đã quá hẹn\. Xã chưa hẹn ngày mới/);
  assert.match(says(copy(steps, { due: "2026-11-24T17:00:00+07:00" })), /: Hẹn trả 24\/11\/2026\.$/);
  const moved = [...steps, step("reappoint", "4", { reason: "cần xác minh.", args: { due: "2026-12-15", was: late } })];
  const sorry = "Xã xin lỗi vì trả kết quả chậm so với hẹn ngày 23/11/2026. Hẹn mới: 15/12/2026. Lý do: cần xác minh.";
  assert.equal(m.officeSays(copy(moved, { due: "2026-12-15T17:00:00+07:00" }), TODAY).words, sorry);
  assert.match(m.officeSays(copy(moved, { due: "2026-12-15T17:00:00+07:00" }), "2026-12-16").words, /Ngày hẹn mới này cũng đã qua/);
  assert.equal(says(copy(steps, { due: null })), "Xã đang giải quyết: Ngày hẹn trả ghi trên giấy hẹn của xã.");
});

test("what was answered waits for the office, also before reception, and papers have a finer name for it", () => {
  const before = copy([submit(), asked(), submit()], { due: null });
  const after = copy([submit(), step("receive", "2"), asked(), step("submit", "4", { role: "applicant" })]);
  assert.equal(says(before), "Đã gửi phần bổ sung, chờ xã xem.");
  assert.equal(m.officeSays(after, TODAY).words, "Đã gửi phần bổ sung, chờ xã xem. Hẹn trả 01/12/2026.");
  assert.equal(m.lineOf({ id: "received", copy: copy([submit()]) }, TODAY), null, "its own line has the code and the time");
  assert.equal(m.lineOf({ id: "received", copy: before }, TODAY).words, "Đã gửi phần bổ sung, chờ xã xem.");
  assert.equal(m.lineOf({ id: "waiting", copy: after }, TODAY), null, "what waits on the phone is said first");
  assert.deepEqual([copy([submit(), asked()]), copy([submit(), step("receive", "2"), asked()]), after].map(m.officialName), ["Chờ bổ sung tiếp nhận", "Yêu cầu bổ sung giấy tờ", "Công dân đã gửi bổ sung"]);
});

test("an end says why, whoever ended it, and a result how it is to be had", () => {
  assert.equal(says(copy([submit(), step("withdraw", "7"), step("agree_withdrawal", "8", { reason: "anh/chị đã xin rút" })])), "Đã dừng: Xã đã đồng ý cho rút: anh/chị đã xin rút.");
  const ready = [submit(), step("finish", "9", { args: { result: "granted" } })];
  assert.equal(says(copy(ready, { cells: { "result.channel": [["post", "op1"]] } })), "Mời anh/chị nhận qua bưu điện.");
});

test("the day is explained day by day, with pauses and the day that was set instead", () => {
  const trace = [{ date: "2026-11-23", counted: false, why: "ngày tiếp nhận" }, { date: "2026-11-24", counted: false, why: "Ngày Văn hóa Việt Nam" }, { date: "2026-11-25", counted: true, why: "ngày làm việc" }];
  const pause = { date: "2026-11-30", counted: false, why: "tạm dừng chờ 09:00 25/11 – 10:00 27/11" };
  const words = (/** @type {any} */ c) => m.whyLines(c).map((/** @type {any} */ line) => line.words);
  const steps = [submit(), step("receive", "2")];
  const lead = ["Thứ Hai 23/11/2026: không tính, ngày tiếp nhận", "Thứ Ba 24/11/2026: không tính, Ngày Văn hóa Việt Nam", "Thứ Tư 25/11/2026: tính, ngày làm việc"];
  assert.deepEqual(words(copy(steps, { due: "2026-11-25T17:00:00+07:00", trace })), [...lead, "Vậy hẹn trả 25/11/2026."]);
  const paused = copy(steps, { due: "2026-11-30T17:00:00+07:00", trace: [...trace, pause] });
  assert.deepEqual(words(paused), [...lead, "Tạm dừng chờ 09:00 25/11 – 10:00 27/11: hẹn lùi tới 30/11/2026", "Vậy hẹn trả 30/11/2026."]);
  const moved = { ...paused, due: "2026-12-15T17:00:00+07:00", steps: [...steps, step("reappoint", "4", { reason: "cần xác minh", args: { due: "2026-12-15", was: "2026-11-30T17:00:00+07:00" } })] };
  assert.deepEqual(words(moved).slice(-2), ["Vậy hẹn trả 30/11/2026.", "Sau đó xã hẹn lại 15/12/2026. Lý do: cần xác minh."]);
});

test("every step of a life has a sentence of its own", () => {
  const about = { first: true, unitName: () => "Xã Hội Hoan" };
  const commands = ["submit", "withdraw", "receive", "reject", "start", "hand_over", "ask_more", "charge", "paid", "stop", "agree_withdrawal", "refuse_withdrawal", "finish", "give", "reappoint", "transfer"];
  const said = commands.map((command) => m.stepText(step(command, "4", { args: { due: "2026-12-15", amount: 8000, item: "lệ phí", result: "denied", how: "counter", to: "An", unit: "06151" }, until: command === "ask_more" ? "2026-12-04" : undefined }), about));
  assert.equal(new Set([...said, m.stepText(step("later_one", "4"), about)]).size, commands.length + 1);
  assert.deepEqual(said.slice(-4), ["Có kết quả: Từ chối giải quyết", "Trả kết quả tại xã; người nhận: An", "Xã hẹn lại ngày 15/12/2026", "Chuyển tới Xã Hội Hoan"]);
  assert.equal(m.stepText(submit(), { ...about, first: false }), "Anh/chị gửi phần bổ sung");
});

const label = (/** @type {string} */ vi) => ({ vi });
const form = { procedure: "1.004873", version: 1, rules: [], slots: [{ key: "ruling", title: label("Bản án") }],
  sections: [{ key: "applicant", title: label("Người khai"), fields: [{ key: "phone", kind: "phone", label: label("Số điện thoại") }] }, { key: "members", title: label("Thành viên"), rows: { min: 0, max: 9 }, fields: [{ key: "name", kind: "name", label: label("Họ tên") }] }] };

test("each thing that is asked for leads to its field, its row or its paper, and is done when the phone has what the system has not", () => {
  const known = { "applicant.phone": { value: "0987654321", saw: ["op1"] }, "members/r1/name": { value: "An", saw: ["op1"] } };
  const request = asked({ items: [...asked().items, { text: "Tên", path: "members/r1/name" }, { text: "Danh sách", path: "members" }] });
  const values = { "applicant.phone": "0987654321", "members/r1/name": "An" };
  const items = (/** @type {any} */ draft) => m.itemsOf(request, form, draft, known);
  const none = items({ values });
  assert.deepEqual(none.map((/** @type {any} */ each) => each.hash), ["s/applicant/phone", "p/ruling", "", "s/members/r1", "s/members"]);
  assert.deepEqual(none.map((/** @type {any} */ each) => each.done), [false, false, false, false, false]);
  const papers = { ruling: [{ sha256: "a", bytes: 1, media: "image/jpeg", name: "", op: "op9", page: 1 }] };
  assert.equal(items({ values, papers })[1].done, false, "a page that the system has already is no answer");
  papers.ruling.push({ sha256: "b", bytes: 1, media: "image/jpeg", name: "" });
  const all = items({ values: { "applicant.phone": "0912345678", "members/r1/name": "Ân" }, papers, replies: { [none[2].id]: "Ở Hữu Lũng" } });
  assert.deepEqual(all.map((/** @type {any} */ each) => each.done), [true, true, true, true, true]);
});

test("an answer is one patch, its words and one submit that the office's wait ends with, and nothing is asked after it", () => {
  const session = new m.Session({ device: "x", boot: "b" });
  session.copies.set("d1", copy([submit(), step("receive", "2"), asked()], { cells: { "applicant.phone": [["0987654321", "op1"]] } }));
  assert.equal(m.openAsk(session, "d1").reason, "ảnh mờ");
  const draft = { id: "d1", procedure: "1.004873", form: "1.004873@1", unit: "06154", status: "draft", typed: {}, replies: { "x 2": " Ở Hữu Lũng ", "x 3": " " }, rendered: session.rendered("d1"), values: { "applicant.phone": "0912345678" } };
  const { changes, drafts } = m.answered(session, draft, form);
  assert.deepEqual(changes.outbox.put.map((/** @type {any} */ { op }) => op.type).sort(), ["note", "patch", "submit"]);
  const ops = Object.fromEntries(changes.outbox.put.map((/** @type {any} */ { op }) => [op.type, op]));
  assert.deepEqual([ops.patch.set, ops.patch.saw, ops.submit.expect, ops.submit.after], [{ "applicant.phone": "0912345678" }, { "applicant.phone": ["op1"] }, { state: "5" }, [ops.patch.id]]);
  assert.deepEqual([drafts[0].status, "replies" in drafts[0], changes.meta.put[0].next_n], ["sent", false, 4]);
  assert.equal(m.openAsk(session, "d1"), null);
});

test("the office's word is news until it was looked at; a phone that is new tells no old ones", () => {
  const received = copy([submit(), step("receive", "2")]);
  const session = { copies: new Map([["d1", received]]), outbox: new Map() };
  const kept = /** @type {any} */ ({});
  const vault = { session, kept, change: async (/** @type {any} */ make) => Object.assign(kept, make().kept) };
  assert.deepEqual([...m.arrived(vault)], [], "nothing of it was sent from here");
  session.outbox.set("op", { dossier: "d1" });
  assert.deepEqual([...m.arrived(vault)], ["d1"]);
  return m.remember(vault).then(() => {
    assert.deepEqual([...m.arrived(vault)], ["d1"], "seen in a list is not looked at");
    return m.remember(vault, "d1");
  }).then(() => {
    assert.deepEqual([...m.arrived(vault)], []);
    session.copies.set("d1", copy([...received.steps, step("start", "4"), step("hand_over", "4")]));
    assert.deepEqual([...m.arrived(vault)], [], "who has it is the office's own matter");
    session.copies.set("d1", { ...received, notes: [{ op: "n1", role: "counter", text: "x", at: AT + 1e6 }, { op: "n2", role: "applicant", text: "y", at: AT + 2e6 }] });
    assert.deepEqual([...m.arrived(vault)], ["d1"]);
  });
});
