/** What a browser says once, perhaps before what listens to it was fetched. */

/** @type {{install: any}} the browser's own question whether to install, kept until a person wants it */
export const early = { install: null };

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  early.install = event;
  dispatchEvent(new Event("can-install"));
});
