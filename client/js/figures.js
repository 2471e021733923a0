/**
 * What a form computes by itself: fees, totals, and dates and sums of money in Vietnamese words.
 * The same figures as `schemas/figures.py`; a differential test compares the two.
 */

import { fractionOf, isDecimal, isPartialDate, scaled } from "./values.js";

const PAGE_VND = 2_000;
const FURTHER_PAGE_VND = 1_000;
const FULL_PRICE_PAGES = 2;
const COPY_MAX_VND = 200_000;

const DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
const SCALES = ["", "nghìn", "triệu"];
const BILLION = 1_000_000_000;

/**
 * Return a figure by its name, or null while something it needs is missing.
 * @param {string | null | undefined} name
 * @param {unknown[]} values
 */
export function computed(name, values) {
  if (name === "fee_copies") return feeCopies(values[0], values[1]);
  return name === "date_in_words" ? dateInWords(values[0]) : moneyInWords(values[0]);
}

/**
 * Return the fee in VND for certified copies of a paper with so many pages.
 * @param {unknown} pages
 * @param {unknown} copies
 */
export function feeCopies(pages, copies) {
  if (!isWhole(pages) || !isWhole(copies) || pages < 0 || copies < 0) return null;
  const full = Math.min(pages, FULL_PRICE_PAGES);
  const fee = Math.min(COPY_MAX_VND, PAGE_VND * full + FURTHER_PAGE_VND * (pages - full));
  return safe(BigInt(fee) * BigInt(copies));
}

/**
 * Add whole numbers and decimals; what is missing counts for nothing. A decimal among them makes a decimal.
 * @param {unknown[]} values
 */
export function total(values) {
  const whole = values.filter(isWhole);
  const decimals = values.filter((value) => typeof value === "string").filter(isDecimal);
  if (decimals.length === 0) return whole.length ? safe(sum(whole.map(BigInt))) : null;
  const places = Math.max(...decimals.map((text) => fractionOf(text).length));
  const units = sum([...whole.map(String), ...decimals].map((text) => scaled(text, places)));
  return decimalText(units, places);
}

/**
 * Return a date, or the part of it that is known, in words: "Ngày mười lăm tháng tư năm …".
 * @param {unknown} value
 */
export function dateInWords(value) {
  if (typeof value !== "string" || !isPartialDate(value)) return null;
  const [year, month, day] = value.split("-").map(Number);
  const words = [`năm ${inWords(/** @type {number} */ (year))}`];
  if (month !== undefined) words.unshift(`tháng ${month === 4 ? "tư" : inWords(month)}`);
  if (day !== undefined) words.unshift(`ngày ${inWords(day)}`);
  return sentence(words.join(" "));
}

/**
 * Return a sum in VND in words: "Một trăm linh năm nghìn đồng".
 * @param {unknown} value
 */
export function moneyInWords(value) {
  if (!isWhole(value)) return null;
  return sentence(`${value < 0 ? "âm " : ""}${inWords(Math.abs(value))} đồng`);
}

/**
 * Return a whole number from zero up in words, as said in the north: nghìn, linh, mốt, lăm.
 * @param {number} number
 */
export function inWords(number) {
  return wordsOf(number, false).join(" ") || /** @type {string} */ (DIGITS[0]);
}

/** @param {number} number @param {boolean} inner @returns {(string | undefined)[]} */
function wordsOf(number, inner) {
  if (number >= BILLION) {
    return [...wordsOf(Math.floor(number / BILLION), inner), "tỷ", ...wordsOf(number % BILLION, true)];
  }
  /** @type {(string | undefined)[]} */
  const words = [];
  for (const power of [2, 1, 0]) {
    const group = Math.floor(number / 1_000 ** power) % 1_000;
    if (group) {
      words.push(...groupWords(group, inner || words.length > 0));
      if (power) words.push(SCALES[power]);
    }
  }
  return words;
}

/** @param {number} group @param {boolean} inner */
function groupWords(group, inner) {
  const [hundreds, tens, units] = [Math.floor(group / 100), Math.floor(group / 10) % 10, group % 10];
  const words = hundreds || inner ? [DIGITS[hundreds], "trăm"] : [];
  if (tens === 0) {
    if (units && words.length) words.push("linh");
  } else if (tens === 1) {
    words.push("mười");
  } else {
    words.push(DIGITS[tens], "mươi");
  }
  if (units === 1 && tens > 1) words.push("mốt");
  else if (units === 5 && tens) words.push("lăm");
  else if (units) words.push(DIGITS[units]);
  return words;
}

/** @param {string} words */
function sentence(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {unknown} value @returns {value is number} */
function isWhole(value) {
  return typeof value === "number" && Number.isSafeInteger(value);
}

/** @param {bigint[]} numbers */
function sum(numbers) {
  return numbers.reduce((one, other) => one + other, 0n);
}

/** @param {bigint} number */
function safe(number) {
  return Number.isSafeInteger(Number(number)) ? Number(number) : null;
}

/** @param {bigint} units @param {number} places */
function decimalText(units, places) {
  const negative = units < 0n;
  const digits = String(negative ? -units : units).padStart(places + 1, "0");
  const fraction = digits.slice(digits.length - places).replace(/0+$/, "");
  const text = digits.slice(0, digits.length - places) + (places && fraction ? `.${fraction}` : "");
  return negative ? `-${text}` : text;
}
