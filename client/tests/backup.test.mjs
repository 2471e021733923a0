/** The backup file: opened with its words and no others, and anything else is told apart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BackupFault, isSealed, ITERATIONS, openFile, sealFile } from "../js/backup.js";

const FAST = 10;
const WORDS = "trâu trắng núi xanh";
const content = {
  owner: { person: "p1", name: "Hoàng Thị Ngân" },
  drafts: [{ id: "d1", status: "draft", values: { "applicant.full_name": "Hoàng Thị Ngân" }, typed: {} }],
  outbox: [{ id: "o1", op: { id: "o1", dossier: "d2", type: "submit" } }],
  forms: [],
};

/** @param {Blob} file */
const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());
const made = async (iterations = FAST) => bytesOf(await sealFile(content, WORDS, 1_764_000_000_000, iterations));
const head = (bytes) => JSON.parse(new TextDecoder().decode(bytes.slice(0, bytes.indexOf(10))));
const withHead = (bytes, changed) => {
  const line = new TextEncoder().encode(`${JSON.stringify({ ...head(bytes), ...changed })}\n`);
  return new Uint8Array([...line, ...bytes.slice(bytes.indexOf(10) + 1)]);
};
const says = (key) => (fault) => fault instanceof BackupFault && fault.message === key;

test("what was sealed opens with its words", async () => {
  assert.deepEqual(await openFile(await made(), WORDS), content);
});

test("the words may be typed decomposed, as some keyboards do", async () => {
  assert.deepEqual(await openFile(await made(), WORDS.normalize("NFD")), content);
});

test("nothing of what is inside can be read, and no two files are alike", async () => {
  const [one, other] = [await made(), await made()];
  assert.ok(isSealed(one));
  assert.ok(!new TextDecoder("latin1").decode(one).includes("Ngân") && !new TextDecoder().decode(one).includes("applicant"));
  assert.notDeepEqual(one, other);
});

test("it takes as many rounds as is recommended, and says how many", async () => {
  assert.ok(ITERATIONS >= 600_000);
  const file = await bytesOf(await sealFile(content, WORDS, 0));
  assert.equal(head(file).kdf.iterations, ITERATIONS);
  assert.deepEqual(await openFile(file, WORDS), content);
});

test("wrong words are told", async () => {
  await assert.rejects(openFile(await made(), "trâu trắng núi đỏ"), says("backup.wrong_words"));
});

test("a file that was cut anywhere is told", async () => {
  const file = await made();
  for (const length of [file.length - 1, file.indexOf(10) + 1]) await assert.rejects(openFile(file.slice(0, length), WORDS), says("backup.cut"));
  for (const length of [0, 5, file.indexOf(10)]) await assert.rejects(openFile(file.slice(0, length), WORDS), says("backup.not_one"));
});

test("one changed byte anywhere is told", async () => {
  const file = await made();
  for (let at = 0; at < file.length; at += 7) {
    const changed = file.slice();
    changed[at] ^= 1;
    await assert.rejects(openFile(changed, WORDS), BackupFault, `byte ${at}`);
  }
});

test("the head cannot be changed under the seal", async () => {
  await assert.rejects(openFile(withHead(await made(), { made: 5 }), WORDS), says("backup.wrong_words"));
});

test("another version, and a head that asks for too much, are told", async () => {
  const file = await made();
  await assert.rejects(openFile(withHead(file, { v: 2 }), WORDS), says("backup.other_version"));
  await assert.rejects(openFile(withHead(file, { kdf: { ...head(file).kdf, iterations: 1e9 } }), WORDS), says("backup.other_version"));
});

test("rubbish is told", async () => {
  for (const rubbish of ["", "\n", "{}\n", "null\n", '{"motcua":"backup"', "PK\u0003\u0004 a picture", '[1]\n"x"']) {
    await assert.rejects(openFile(new TextEncoder().encode(rubbish), WORDS), says("backup.not_one"), rubbish);
  }
});

test("a sealed file with something else inside is told", async () => {
  for (const inside of [{}, { ...content, outbox: [{ id: "o1", op: { id: "o2", dossier: "d" } }] }, { ...content, owner: {} }, [], "x"]) {
    const file = await bytesOf(await sealFile(/** @type {any} */ (inside), WORDS, 0, FAST));
    await assert.rejects(openFile(file, WORDS), says("backup.not_one"));
  }
});
