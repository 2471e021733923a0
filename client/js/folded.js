/** Return words without diacritics, as people type them. @param {string} words */
export const folded = (words) => words.toLowerCase().replace(/đ/g, "d").normalize("NFD").replace(/\p{M}/gu, "");
