// Runs one operation of the hub's own client and prints the result as JSON.
//   scan CACHE
//   find CACHE TYPE NAME COMMIT PATH...    without network
//   snapshot CACHE TYPE NAME REVISION HUB  with it
import { downloadFileToCacheDir, scanCacheDir, snapshotDownload } from "@huggingface/hub";

const [command, cacheDir, type, name, revision, ...rest] = process.argv.slice(2);
const repo = { type, name };
const noNetwork = (url) => {
  throw new Error(`asked the network for ${url}`);
};
console.debug = () => {};

const commands = {
  async scan() {
    const { repos, warnings } = await scanCacheDir(cacheDir);
    return {
      warnings: warnings.map(String),
      repos: repos.map((found) => ({
        type: found.id.type,
        name: found.id.name,
        size: found.size,
        revisions: found.revisions.map(({ commitOid, refs }) => ({ commitOid, refs })),
      })),
    };
  },
  async find() {
    const found = [];
    for (const path of rest) {
      found.push(await downloadFileToCacheDir({ repo, path, revision, cacheDir, fetch: noNetwork }));
    }
    return found;
  },
  async snapshot() {
    return await snapshotDownload({ repo, revision, cacheDir, hubUrl: rest[0] });
  },
};
console.log(JSON.stringify(await commands[command]()));
