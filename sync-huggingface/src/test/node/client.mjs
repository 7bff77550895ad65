// Runs one operation of the hub's own client and prints the result as JSON.
//   scan CACHE
//   find CACHE TYPE NAME COMMIT PATH...    without network
//   snapshot CACHE TYPE NAME REVISION HUB  with it
//   upload FOLDER TYPE NAME BRANCH HUB PATH...    into the chunk store
//   read FOLDER TYPE NAME REVISION HUB PATH...    from it, into the folder
import { createWriteStream, openAsBlob } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { commit, downloadFile, downloadFileToCacheDir, scanCacheDir, snapshotDownload } from "@huggingface/hub";

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
  async upload() {
    const [hubUrl, ...paths] = rest;
    const operations = [];
    for (const path of paths) {
      operations.push({ operation: "addOrUpdate", path, content: await openAsBlob(`${cacheDir}/${path}`) });
    }
    return await commit({ repo, branch: revision, hubUrl, title: "upload", operations });
  },
  async read() {
    const [hubUrl, ...paths] = rest;
    for (const path of paths) {
      const blob = await downloadFile({ repo, path, revision, hubUrl, xet: true });
      await pipeline(Readable.fromWeb(blob.stream()), createWriteStream(`${cacheDir}/${path}`));
    }
    return paths;
  },
};
console.log(JSON.stringify(await commands[command]()));
