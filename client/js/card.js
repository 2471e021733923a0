/**
 * The QR code on a citizen's card, read as values: seven fields between bars, number | old number | name | born ddMMyyyy |
 * sex | residence | issued (domain A9; to be verified with cards of each make). Pure. What a code says is a stranger's
 * words: a text that is not exactly of this shape gives nothing at all.
 */
import { canonical, isDate, spread } from "./values.js";
import { folded } from "./folded.js";
import { HOME_PROVINCE } from "./places.js";

/** @typedef {{citizen_id: string, old_id: string|null, name: string, born: string|null, sex: "male"|"female"|null, residence: string, issued: string|null}} Card */

/** Longer texts are no card's. */
const CHARS_MAX = 600;
/** Later cards may say more behind the seven; it is not read. */
const FIELDS_MIN = 7, FIELDS_MAX = 12;
const RESIDENCE_MAX = 300;
const CONTROL = /[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufffd]/;

/**
 * Read a card's text.
 * @param {string} text
 * @returns {{card: Card}|{fault: "card.not_one"|"card.unreadable"}}
 */
export function readCard(text) {
  const fields = text.length <= CHARS_MAX ? text.normalize("NFC").trim().split("|").map((each) => each.trim()) : [];
  if (fields.length < FIELDS_MIN || fields.length > FIELDS_MAX || !/^[0-9]{12}$/.test(fields[0])) return { fault: "card.not_one" };
  const [citizen_id, old_id, name, born, sex, residence, issued] = fields;
  const called = /** @type {any} */ (canonical(/** @type {any} */ ({ key: "name", kind: "name" }), name));
  const days = [born, issued].map(dayOf);
  const whole = !CONTROL.test(text) && (old_id === "" || /^(?:[0-9]{9}|[0-9]{12})$/.test(old_id)) && called.value && days.every((day) => day !== undefined)
    && days[0] && residence.length <= RESIDENCE_MAX && !/[<>{}\\]/.test(residence) && ["nam", "nu", ""].includes(folded(sex));
  if (!whole) return { fault: "card.unreadable" };
  const sexes = /** @type {Record<string, "male"|"female">} */ ({ nam: "male", nu: "female" });
  return { card: { citizen_id, old_id: old_id || null, name: called.value, born: days[0] ?? null, sex: sexes[folded(sex)] ?? null, residence, issued: days[1] ?? null } };
}

/** ddMMyyyy, of which a day or a day and month that are not known are zeros. @param {string} text @returns {string|null|undefined} null: none; undefined: it is none */
function dayOf(text) {
  if (text === "") return null;
  const found = /^([0-9]{2})([0-9]{2})([12][0-9]{3})$/.exec(text);
  if (!found) return undefined;
  const [, day, month, year] = found;
  if (month === "00") return day === "00" ? year : undefined;
  if (day === "00") return isDate(`${year}-${month}-01`) ? `${year}-${month}` : undefined;
  const whole = `${year}-${month}-${day}`;
  return isDate(whole) ? whole : undefined;
}

const DISTRICT = /^(?:Huyện|Thành phố|Thị xã) /;

/** @param {string} text @returns {string} without the word that says of what kind a place is */
const bare = (text) => folded(text).replace(/^(?:xa|phuong|thi tran|tt\.?|huyen|thanh pho|tp\.?|thi xa|tx\.?|tinh)\s+/, "").trim();

/**
 * A residence as of the card, in the parts of an address. The commune is named only where one alone can be meant: by its
 * name of today, or by an old one with its district. Else the words stand as they were written, for a person to settle.
 * @param {string} residence @param {Record<string, any[]>} lists
 * @returns {any} as an address is typed
 */
export function addressOf(residence, lists) {
  const parts = residence.split(",").map((part) => part.trim()).filter(Boolean);
  const province = (lists.provinces ?? []).find(({ label }) => bare(label.vi) === bare(parts.at(-1) ?? ""));
  if (!province || parts.length < 2) return { country: "VN", province: HOME_PROVINCE, commune: null, detail: "", old: residence };
  const places = parts.slice(0, -1);
  if (province.code !== HOME_PROVINCE) return { country: "VN", province: province.code, commune: null, place: places.slice(-2).join(", "), detail: places.slice(0, -2).join(", ") };
  const communes = lists.communes ?? [];
  const last = bare(places.at(-1) ?? "");
  const before = bare(places.at(-2) ?? "");
  const formerly = communes.filter(({ former = [] }) => former.some((/** @type {string} */ name) => bare(name) === last) && former.some((/** @type {string} */ name) => bare(name) === before && !DISTRICT.test(name)));
  if (places.length > 1 && formerly.length === 1) return { country: "VN", province: HOME_PROVINCE, commune: formerly[0].code, detail: places.slice(0, -2).join(", "), old: places.slice(-2).join(", ") };
  const isDistrict = communes.some(({ former = [] }) => former.some((/** @type {string} */ name) => DISTRICT.test(name) && bare(name) === last)) && !/^(?:xa|phuong)\s/.test(folded(places.at(-1) ?? ""));
  const today = isDistrict && places.length > 2 ? [] : communes.filter(({ name }) => bare(name) === last);
  if (!formerly.length && today.length === 1) return { country: "VN", province: HOME_PROVINCE, commune: today[0].code, detail: places.slice(0, -1).join(", ") };
  return { country: "VN", province: HOME_PROVINCE, commune: null, detail: places.slice(0, -2).join(", "), old: places.slice(-2).join(", ") };
}

/** How the fields beside a citizen ID are called in forms, behind what stands before the ID's own name. */
const CALLED = {
  name: { kinds: ["name"], keys: ["full_name", "name"] },
  born: { kinds: ["date", "partial_date"], keys: ["born", "birth_date", "date_of_birth", "birthday"] },
  sex: { kinds: ["choice"], keys: ["sex", "gender"] },
  residence: { kinds: ["address"], keys: ["residence", "home", "address", "permanent_address"] },
  old_id: { kinds: ["text"], keys: ["old_id", "old_citizen_id"] },
  issued: { kinds: ["date", "partial_date"], keys: ["issued", "issued_on", "id_issued", "citizen_id_issued"] },
};

/**
 * What a card fills in beside a citizen ID.
 * @param {any} section @param {string} path of the ID @param {Card} card @param {Record<string, any[]>} lists
 * @returns {{path: string, field: any, typed: any}[]}
 */
export function fillsOf(section, path, card, lists) {
  const [start, key] = [path.slice(0, path.length - path.split(/[./]/).slice(-1)[0].length), path.split(/[./]/).slice(-1)[0]];
  const before = key.replace(/(?:citizen_id|personal_id|id_number|id)$/, "");
  const typed = /** @type {Record<string, any>} */ ({ ...card, residence: card.residence && addressOf(card.residence, lists) });
  const own = section.fields.find((/** @type {any} */ field) => field.key === key);
  const others = Object.entries(CALLED).flatMap(([what, { kinds, keys }]) => {
    const field = section.fields.find((/** @type {any} */ each) => kinds.includes(each.kind) && keys.some((name) => each.key === before + name));
    if (!field || typed[what] === null || typed[what] === "") return [];
    if (field.kind === "date" && !isDate(typed[what])) return [];
    const value = what === "sex" ? optionOf(field, typed.sex) : what === "born" || what === "issued" ? spread(typed[what]) : typed[what];
    return value === null ? [] : [{ path: start + field.key, field, typed: value }];
  });
  return [{ path, field: own, typed: card.citizen_id }, ...others];
}

/** The answer of a form that means a sex. @param {any} field @param {string} sex @returns {string|null} */
function optionOf(field, sex) {
  const words = sex === "male" ? "nam" : "nu";
  const options = Array.isArray(field.options) ? field.options : [];
  return options.find((/** @type {any} */ option) => option.value === sex || folded(option.label.vi) === words)?.value ?? null;
}
