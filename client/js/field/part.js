/** What only officers need who take in dossiers in the field: a part of the script that comes last, with its own words. */
import "../after.js"; // is there already: named so that the build cuts the scripts that come sooner as if this part were none
import texts from "../generated/field.json";
import { learnTexts } from "../texts.js";

learnTexts(texts);

export { watchAlike } from "./alike.js";
export { helpedView } from "./helped.js";
export { lockedNotice } from "./lock.js";
export { fieldPage, settleOfficer } from "./round.js";
