// Makes the npm packages of a release: `portgen`, which starts the binary, and
// one package for each platform, which holds it and is an optional dependency.
// Usage: node packages/npm/build.mjs OUT TARGET=BINARY...
//   TARGET  such as x86_64-unknown-linux-musl, from the list below

import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const licences = ["LICENSE-MIT", "LICENSE-APACHE"];

// What npm calls each target. On Linux the binary is static, so it runs with
// every C library.
const platforms = {
  "x86_64-unknown-linux-musl": ["linux", "x64"],
  "aarch64-unknown-linux-musl": ["linux", "arm64"],
  "x86_64-apple-darwin": ["darwin", "x64"],
  "aarch64-apple-darwin": ["darwin", "arm64"],
  "x86_64-pc-windows-msvc": ["win32", "x64"],
};

function writePackage(folder, description) {
  mkdirSync(folder, { recursive: true });
  for (const licence of licences) {
    copyFileSync(join(root, licence), join(folder, licence));
  }
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
}

function writePlatform(out, main, [target, binary]) {
  const platform = platforms[target];
  if (platform === undefined || binary === undefined) {
    throw new Error(`not TARGET=BINARY with a target of this list: ${target}`);
  }
  const [os, cpu] = platform;
  const file = os === "win32" ? "portgen.exe" : "portgen";
  const name = `${main.name}-${os}-${cpu}`;
  const folder = join(out, `portgen-${os}-${cpu}`);
  writePackage(folder, {
    name,
    version: main.version,
    description: `portgen for ${os} on ${cpu}`,
    license: main.license,
    files: [file, ...licences],
    os: [os],
    cpu: [cpu],
    preferUnplugged: true,
  });
  copyFileSync(binary, join(folder, file));
  chmodSync(join(folder, file), 0o755);
  return name;
}

const [out, ...pairs] = process.argv.slice(2);
if (out === undefined || pairs.length === 0) {
  process.stderr.write("usage: node packages/npm/build.mjs OUT TARGET=BINARY...\n");
  process.exit(2);
}
const [, version] = /^version = "(.+)"$/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"));
const main = { ...JSON.parse(readFileSync(join(here, "package.json"), "utf8")), version };
const names = pairs.map((pair) => writePlatform(out, main, pair.split("=")));
main.optionalDependencies = Object.fromEntries(names.map((name) => [name, version]));
writePackage(join(out, "portgen"), main);
copyFileSync(join(here, "portgen.js"), join(out, "portgen", "portgen.js"));
chmodSync(join(out, "portgen", "portgen.js"), 0o755);
