/**
 * The office's pages with a script: parts of a page change in place, the list is walked by keys. Every page works
 * without it, so nothing here knows what a page says.
 */
import "htmx.org/dist/htmx.esm.js";
import { keepFocus } from "./focus.js";
import { listen } from "./keys.js";

keepFocus(document);
listen(document);
