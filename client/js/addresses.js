/**
 * An address in two levels: province, then commune or ward, then the rest (ux.md §5). A commune is found by its name of
 * today and by those it had before July 2025. What no list has is written as on the paper, for the office to settle.
 */
import { h } from "./dom.js";
import { HOME_PROVINCE } from "./places.js";
import { picker } from "./pickers.js";
import { labelOf, t } from "./texts.js";

const ABROAD = "";

/** Options for the communes of the province, with what they were before. @param {any[]} communes */
export function communeOptions(communes) {
  const named = communes.map((commune) => `${t(commune.type === "ward" ? "place.ward" : "place.commune")} ${commune.name}`);
  return communes.map((commune, at) => {
    const also = commune.former ?? [];
    const twice = named.indexOf(named[at]) !== named.lastIndexOf(named[at]);
    return { value: commune.code, words: twice ? `${named[at]} (${districtOf(also)})` : named[at], also };
  });
}

/** The district of the old names, which stands last among them. @param {string[]} former */
const districtOf = (former) => [...former].reverse().find((name) => /^(?:Huyện|Thành phố|Thị xã) /.test(name)) ?? "";

/** @param {import("./fields.js").Asking} asking */
export function addressInputs(asking) {
  const { path, typed, lists, answer } = asking;
  const abroad = Boolean(typed?.country) && typed.country !== "VN";
  /** @type {any} */
  const parts = { country: "VN", ...typed, province: abroad ? null : (typed?.province ?? HOME_PROVINCE) };
  const change = (/** @type {any} */ changed) => {
    Object.assign(parts, changed);
    answer({ ...parts });
  };
  const text = (/** @type {string} */ part, /** @type {string} */ label, /** @type {any[]} */ ...more) =>
    h("label", { class: "part" }, h("span", {}, label), ...more,
      h("input", { type: "text", name: `${path}:${part}`, autocomplete: "off", "aria-describedby": `e-${path}`, value: parts[part] ?? "", oninput: (/** @type {any} */ event) => change({ [part]: event.target.value }) }));

  let free = parts.province === HOME_PROVINCE && !parts.commune && Boolean(parts.place);
  const old = text("old", `${t("address.old")} ${t("field.optional")}`);
  const communes = communeList(path, communeOptions(lists.communes ?? []), parts.commune, {
    pick: (commune) => change({ commune, place: null }),
    keepOld: (name) => {
      if (parts.old) return;
      old.querySelector("input").value = name;
      change({ old: name });
    },
  });
  const placeLabel = h("span", {});
  const place = h("div", {}, text("place", "", placeLabel), h("p", { class: "hint" }, t("address.place_say")));
  const swap = h("button", { type: "button", class: "link", "data-action": "write-place", onclick: () => {
    free = !free;
    if (free) change({ commune: null });
    else change({ place: null });
    fit();
    (free ? place : communes).querySelector("input")?.focus();
  } });
  const countries = (lists.countries ?? []).filter((each) => each.code !== "VN");
  const country = h("label", { class: "part" }, h("span", {}, t("address.country")), h("select", {
    name: `${path}:country`, onchange: (/** @type {any} */ event) => change({ country: event.target.value }),
  }, ...countries.map((each) => h("option", { value: each.code, selected: each.code === parts.country }, labelOf(each.label)))));
  const province = h("select", {
    name: `${path}:province`,
    onchange: (/** @type {any} */ event) => {
      const home = event.target.value !== ABROAD;
      const chosen = countries.length ? country.querySelector("select").value : null;
      change({ country: home ? "VN" : chosen, province: home ? event.target.value : null, commune: null });
      fit();
    },
  }, ...(lists.provinces ?? []).map((each) => h("option", { value: each.code, selected: each.code === parts.province }, labelOf(each.label))),
    countries.length ? h("option", { value: ABROAD, selected: abroad }, t("address.abroad")) : null);

  function fit() {
    const home = parts.province === HOME_PROVINCE;
    country.hidden = parts.province !== null;
    communes.hidden = !home || free;
    place.hidden = home && !free;
    swap.hidden = !home;
    swap.textContent = t(free ? "addr.list" : "addr.free");
    placeLabel.textContent = t(parts.province === null ? "address.abroad_place" : "address.place");
  }
  fit();
  return [
    h("label", { class: "part" }, h("span", {}, t("address.province")), province),
    country,
    h("div", { class: "part", role: "group", "aria-label": t("address.commune") }, h("span", { class: "part-name" }, t("address.commune")), communes, place, swap),
    text("detail", t("address.detail")),
    old,
  ];
}

/**
 * The communes, with the question whether an old name was meant.
 * @param {string} path
 * @param {import("./pickers.js").Option[]} options
 * @param {any} chosen
 * @param {{pick: (code: string|null) => void, keepOld: (name: string) => void}} take
 */
function communeList(path, options, chosen, { pick, keepOld }) {
  const ask = h("div", { class: "ask", role: "status", hidden: true });
  const parts = picker(`${path}:commune`, options, chosen, (code, by) => {
    pick(code);
    ask.hidden = !by;
    ask.replaceChildren(...(by ? asked(options.find((each) => each.value === code), by) : []));
  }, path);
  const [picked, box, list] = parts;
  const answer = (/** @type {string} */ action, /** @type {() => void} */ then) =>
    h("button", { type: "button", class: "quiet", "data-action": action, onclick: () => {
      ask.hidden = true;
      then();
    } }, t(action === "old-right" ? "do.right" : "do.elsewhere"));
  /** @param {any} option @param {string} by */
  function asked(option, by) {
    const district = districtOf(option.also);
    const name = [by, by === district ? "" : district].filter(Boolean).join(", ");
    const elsewhere = () => {
      const checked = /** @type {HTMLInputElement|null} */ (list.querySelector(":checked"));
      if (checked) checked.checked = false;
      picked.hidden = true;
      pick(null);
      box.focus();
    };
    return [h("p", {}, t("addr.renamed", { old: name, new: option.words })),
      answer("old-right", () => {
        keepOld(name);
        /** @type {HTMLElement|null} */ (list.querySelector(":checked"))?.focus();
      }), answer("elsewhere", elsewhere)];
  }
  return h("div", {}, picked, ask, box, list);
}

/**
 * Return an address as people read it.
 * @param {any} address
 * @param {Record<string, any[]>} lists
 */
export function addressText(address, lists) {
  const commune = communeOptions(lists.communes ?? []).find((each) => each.value === address.commune)?.words ?? address.commune;
  const abroad = address.country && address.country !== "VN";
  const code = abroad ? address.country : address.province === undefined ? HOME_PROVINCE : address.province;
  const land = (abroad ? lists.countries : lists.provinces)?.find((each) => each.code === code);
  const parts = [address.detail, commune ?? address.place, land ? labelOf(land.label) : abroad ? code : null];
  return parts.filter(Boolean).join(", ") + (address.old ? ` (${address.old})` : "");
}
