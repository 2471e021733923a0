/**
 * Codes that addresses and citizen IDs are made of. The server's lists are the source: a test compares.
 */

export const HOME_PROVINCE = "20";

/** The communes of Lạng Sơn since 1 July 2025. */
export const COMMUNE_CODES = new Set(
  (
    "05977 05983 05986 06001 06004 06019 06037 06040 06046 06058 06073 06076 06079 06085 06091 06103 " +
    "06112 06115 06124 06148 06151 06154 06172 06184 06187 06196 06211 06220 06253 06280 06286 06298 " +
    "06313 06316 06325 06337 06349 06364 06367 06376 06385 06391 06400 06415 06427 06436 06445 06457 " +
    "06463 06475 06481 06496 06505 06517 06526 06529 06541 06565 06577 06601 06607 06613 06616 06625 " +
    "06637"
  ).split(" "),
);

/** The provinces since 1 July 2025. */
export const PROVINCE_CODES = new Set(
  (
    "01 04 08 11 12 14 15 19 20 22 24 25 31 33 37 38 40 42 44 46 48 51 52 56 66 68 75 79 80 82 86 91 92 " +
    "96"
  ).split(" "),
);

/** The first three digits of a citizen ID: where the birth was registered. */
export const BIRTH_PLACE_CODES = new Set(
  (
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 " +
    "038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 " +
    "080 082 083 084 086 087 089 091 092 093 094 095 096"
  ).split(" "),
);
