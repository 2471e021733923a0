// Sends one file with tus-js-client and prints what happened, one JSON value a line. What to send is the argument, as JSON:
// {endpoint, token, path, chunk?, metadata?, during?, url?, delays?}. `cut` stops once so many bytes were acknowledged.
import { createRequire } from "node:module";
import { createReadStream, statSync } from "node:fs";

const require = createRequire(new URL("../../client/package.json", import.meta.url));
const tus = require("tus-js-client");

const asked = JSON.parse(process.argv[2]);
/** @param {object} what */
const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");

const upload = new tus.Upload(createReadStream(asked.path), {
  endpoint: asked.endpoint,
  uploadUrl: asked.url ?? null,
  uploadSize: statSync(asked.path).size,
  chunkSize: asked.chunk ?? Infinity,
  headers: { Authorization: `Bearer ${asked.token}` },
  metadata: asked.metadata ?? {},
  uploadDataDuringCreation: asked.during ?? false,
  retryDelays: asked.delays ?? [0, 50, 50, 50, 50, 50, 50, 50],
  storeFingerprintForResuming: false,
  onAfterResponse: (request, response) =>
    say({ method: request.getMethod(), status: response.getStatus(), offset: response.getHeader("upload-offset") }),
  onChunkComplete: (_, accepted) => {
    if (asked.cut !== undefined && accepted >= asked.cut) {
      void upload.abort(asked.terminate ?? false).then(() => say({ url: upload.url, stopped: accepted }));
    }
  },
  onSuccess: () => say({ url: upload.url, done: true }),
  onError: (error) => {
    say({ url: upload.url, error: String(error.message ?? error) });
    process.exitCode = 1;
  },
});
upload.start();
