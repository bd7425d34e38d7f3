#!/usr/bin/env node
// Starts the binary of the package for this platform, which npm installs beside this one.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const { name } = require("./package.json");

const platform = `${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "portgen.exe" : "portgen";

function find() {
  try {
    return require.resolve(`${name}-${platform}/${file}`);
  } catch {
    process.stderr.write(
      `portgen: the package ${name}-${platform} is not installed.\n` +
        "Install again without --omit=optional; where there is no such package, build portgen with cargo.\n",
    );
    process.exit(2);
  }
}

const child = spawn(find(), process.argv.slice(2), { stdio: "inherit" });

// A terminal sends these to the binary as well, and the binary decides.
for (const signal of ["SIGINT", "SIGQUIT", "SIGHUP"]) {
  process.on(signal, () => {});
}
process.on("SIGTERM", () => child.kill("SIGTERM"));

child.on("error", (error) => {
  process.stderr.write(`portgen: ${error.message}\n`);
  process.exit(2);
});
child.on("exit", (code, signal) => {
  if (signal === null) {
    process.exit(code);
  }
  // Ends as the binary did; a signal that Node ignores, such as SIGPIPE, leaves the code.
  process.exitCode = 128 + (constants.signals[signal] ?? 0);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
