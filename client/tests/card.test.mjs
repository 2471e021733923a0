/** What a citizen's card says, what is no card's, and which fields it fills. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const js = fileURLToPath(new URL("../js/", import.meta.url));
const contents = 'export * from "./card.js"; export { canonical } from "./values.js";';
const bundle = await build({ stdin: { contents, resolveDir: js }, bundle: true, minify: true, format: "esm", write: false });
const m = await import(`data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString("base64")}`);
const json = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(`../../schemas/${path}.json`, import.meta.url), "utf8"));
const lists = { communes: json("lists/communes"), provinces: json("lists/provinces") };

const CARD = "999186001234|999123456|Hoàng Thị Ngân|07051986|Nữ|Kéo Van, Bắc Việt, Văn Lãng, Lạng Sơn|15032021";
const with_ = (/** @type {number} */ at, /** @type {string} */ text) => CARD.split("|").map((each, index) => (index === at ? text : each)).join("|");

test("the seven fields of a card", () => {
  assert.deepEqual(m.readCard(CARD), { card: { citizen_id: "999186001234", old_id: "999123456", name: "Hoàng Thị Ngân", born: "1986-05-07", sex: "female", residence: "Kéo Van, Bắc Việt, Văn Lãng, Lạng Sơn", issued: "2021-03-15" } });
});

test("fields that a card may leave empty, old people's dates, and other spellings of the same", () => {
  const said = (/** @type {number} */ at, /** @type {string} */ text) => m.readCard(with_(at, text)).card;
  assert.equal(said(1, "").old_id, null);
  assert.equal(said(1, "999186001234").old_id, "999186001234");
  assert.equal(said(2, "HOÀNG THỊ NGÂN").name, "HOÀNG THỊ NGÂN");
  assert.equal(said(2, "Hoàng Thị Ngân".normalize("NFD")).name, "Hoàng Thị Ngân");
  assert.equal(said(2, "  K'Brôih H'Blăng ").name, "K'Brôih H'Blăng");
  assert.equal(said(3, "00051941").born, "1941-05");
  assert.equal(said(3, "00001941").born, "1941");
  assert.equal(said(4, "NAM").sex, "male");
  assert.equal(said(4, "").sex, null);
  assert.equal(said(5, "").residence, "");
  assert.equal(said(6, "").issued, null);
  assert.equal(m.readCard(`${CARD}||x`).card.name, "Hoàng Thị Ngân");
  assert.equal(m.readCard(`\n${CARD}\r\n`).fault, "card.unreadable");
});

test("what is no card is told from a card that cannot be read, and neither fills anything", () => {
  const other = ["", "https://example.vn", "BEGIN:VCARD|a|b|c|d|e|f", "999186001234", "||||||", with_(0, "99918600123"), with_(0, "9991860012345"), with_(0, "٩٩٩١٨٦٠٠١٢٣٤"), with_(0, "99918600123a"),
    CARD.replace(/\|/g, ";"), "1|".repeat(40), `${CARD}${"|".repeat(9)}`, with_(5, "x".repeat(700)), "x".repeat(100_000)];
  for (const text of other) assert.deepEqual(m.readCard(text), { fault: "card.not_one" }, text.slice(0, 40));
  const broken = [with_(1, "12345"), with_(1, "<b>1</b>"), with_(2, ""), with_(2, "X"), with_(2, "<img src=x onerror=alert(1)>"), with_(2, "Ngân\u202eíhT"), with_(2, "Ng\u0000ân"), with_(2, "N".repeat(101)), with_(2, "Ngân 2"),
    with_(3, ""), with_(3, "31021986"), with_(3, "7051986"), with_(3, "07131986"), with_(3, "1986-05-07"), with_(3, "07050186"), with_(3, "00131941"), with_(3, "07001941"), with_(4, "X"), with_(4, "<b>"),
    with_(5, "<script>alert(1)</script>"), with_(5, "a\u200bb"), with_(5, "{{7*7}}"), with_(5, "x".repeat(301)), with_(6, "99999999"), with_(6, "hôm qua"), with_(2, "Ng\ufffdn")];
  for (const text of broken) assert.deepEqual(m.readCard(text), { fault: "card.unreadable" }, text);
});

test("a residence names its commune where one alone can be meant, of today or of before", () => {
  const of = (/** @type {string} */ text) => m.addressOf(text, lists);
  assert.deepEqual(of("Kéo Van, Bắc Việt, Văn Lãng, Lạng Sơn"), { country: "VN", province: "20", commune: "06154", detail: "Kéo Van", old: "Bắc Việt, Văn Lãng" });
  assert.deepEqual(of("Thôn 1, Xã Văn Lãng, Tỉnh Lạng Sơn"), { country: "VN", province: "20", commune: "06154", detail: "Thôn 1" });
  assert.equal(of("Nơi nào đó, Không Có, Văn Lãng, Lạng Sơn").commune, null);
  assert.equal(of("Nơi nào đó, Không Có, Văn Lãng, Lạng Sơn").old, "Không Có, Văn Lãng");
  assert.deepEqual(of("Thôn 2, Sai Nga, Cẩm Khê, Phú Thọ"), { country: "VN", province: "25", commune: null, place: "Sai Nga, Cẩm Khê", detail: "Thôn 2" });
  assert.deepEqual(of("ở đâu đó"), { country: "VN", province: "20", commune: null, detail: "", old: "ở đâu đó" });
});

test("every commune of before is found by its name and district, or left for a person", () => {
  let found = 0;
  for (const { code, former } of lists.communes) {
    const district = [...former].reverse().find((name) => /^(?:Huyện|Thành phố|Thị xã) /.test(name));
    for (const name of former.filter((/** @type {string} */ each) => !/^(?:Huyện|Thành phố|Thị xã) /.test(each))) {
      const read = m.addressOf(`Thôn A, ${name.replace(/^(?:Xã|Phường|Thị trấn) /, "")}, ${district.replace(/^(?:Huyện|Thành phố|Thị xã) /, "")}, Lạng Sơn`, lists);
      assert.ok(read.commune === code || read.commune === null || lists.communes.find((each) => each.code === read.commune).former.includes(name), `${name}, ${district}`);
      found += Number(read.commune === code);
    }
  }
  assert.ok(found > 150, `${found}`);
});

test("a card fills what stands beside the ID, by its own person's fields", () => {
  const { card } = m.readCard(CARD);
  const single = json("procedures/1.004873");
  const fills = (/** @type {any} */ section, /** @type {string} */ path) => Object.fromEntries(m.fillsOf(section, path, card, lists).map((/** @type {any} */ fill) => [fill.path, fill.typed]));
  assert.deepEqual(Object.keys(fills(single.sections[0], "applicant.citizen_id")), ["applicant.citizen_id", "applicant.full_name", "applicant.born", "applicant.residence"]);
  const field = (/** @type {string} */ key, /** @type {string} */ kind, /** @type {any} */ more = {}) => ({ key, kind, label: { vi: key }, ...more });
  const sex = { options: [{ value: "a", label: { vi: "Nam" } }, { value: "b", label: { vi: "Nữ" } }] };
  const couple = { key: "couple", fields: ["wife", "husband"].flatMap((who) => [field(`${who}_name`, "name"), field(`${who}_born`, "date"), field(`${who}_citizen_id`, "citizen_id"), field(`${who}_sex`, "choice", sex)]) };
  assert.deepEqual(fills(couple, "couple.wife_citizen_id"), { "couple.wife_citizen_id": "999186001234", "couple.wife_name": "Hoàng Thị Ngân", "couple.wife_born": { day: "07", month: "05", year: "1986", precision: "day" }, "couple.wife_sex": "b" });
  const rows = { key: "members", rows: { min: 0, max: 9 }, fields: [field("name", "name"), field("citizen_id", "citizen_id"), field("old_id", "text")] };
  assert.deepEqual(fills(rows, "members/r1/citizen_id"), { "members/r1/citizen_id": "999186001234", "members/r1/name": "Hoàng Thị Ngân", "members/r1/old_id": "999123456" });
  const old = m.readCard(with_(3, "00001941")).card;
  assert.deepEqual(m.fillsOf(couple, "couple.wife_citizen_id", old, lists).map((/** @type {any} */ fill) => fill.field.key), ["wife_citizen_id", "wife_name", "wife_sex"], "a year is no date");
});

test("what is filled in is what a person could have typed", () => {
  const { card } = m.readCard(CARD);
  for (const { field, typed } of m.fillsOf(json("procedures/1.004873").sections[0], "applicant.citizen_id", card, lists)) {
    assert.ok(m.canonical(field, typed, lists).value, field.key);
  }
});
