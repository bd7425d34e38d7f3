#!/bin/sh
# Installs portgen from a release; see `usage` below.
set -eu

# A release writes its own address and version here.
releases=''
version=''

say() { printf 'install.sh: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
# Not read from $0: a script that comes through a pipe is no file.
usage() {
    cat >&2 << 'END'
Installs portgen from a release into a folder that you name, once its checksum
is right. Changes no profile, asks for no rights, keeps nothing else.
Usage: install.sh [--from URL] [--version VERSION] [--target TARGET] DIR
  --from URL         where the releases lie: URL/vVERSION/FILE (https or file)
  --version VERSION  which one, such as 0.1.0
  --target TARGET    for which platform, such as x86_64-unknown-linux-musl
END
    exit 2
}
has() { command -v "$1" > /dev/null 2>&1; }

this_target() {
    system=$(uname -s)
    machine=$(uname -m)
    case $machine in
        x86_64 | amd64) machine=x86_64 ;;
        arm64 | aarch64) machine=aarch64 ;;
        *) fail "there is no portgen for $machine: build it with cargo" ;;
    esac
    case $system in
        # Linked statically: it needs nothing of the system.
        Linux) printf '%s-unknown-linux-musl\n' "$machine" ;;
        Darwin) printf '%s-apple-darwin\n' "$machine" ;;
        MINGW* | MSYS* | CYGWIN*) printf 'x86_64-pc-windows-msvc\n' ;;
        *) fail "there is no portgen for $system: build it with cargo" ;;
    esac
}

# download URL FILE
download() {
    case $1 in
        file://*) cp "${1#file://}" "$2" ;;
        https://* | http://localhost:* | http://127.0.0.1:*)
            if has curl; then
                curl --fail --silent --show-error --location --retry 3 --output "$2" "$1"
            elif has wget; then
                wget -q -O "$2" "$1"
            else
                fail 'neither curl nor wget is there'
            fi
            ;;
        *) fail "not an address of https or file: $1" ;;
    esac
}

checksum() {
    if has sha256sum; then
        sha256sum < "$1"
    elif has shasum; then
        shasum -a 256 < "$1"
    elif has openssl; then
        openssl dgst -sha256 -r < "$1"
    else
        fail 'none of sha256sum, shasum and openssl is there: the checksum cannot be verified'
    fi | cut -d ' ' -f 1
}

target=''
folder=''
while [ $# -gt 0 ]; do
    case $1 in
        --from | --version | --target)
            [ $# -gt 1 ] || usage
            case $1 in
                --from) releases=${2%/} ;;
                --version) version=${2#v} ;;
                --target) target=$2 ;;
            esac
            shift 2
            ;;
        -*) usage ;;
        *)
            if [ -n "$folder" ] || [ -z "$1" ]; then usage; fi
            folder=$1
            shift
            ;;
    esac
done
[ -n "$folder" ] || usage
[ -n "$releases" ] || fail 'where the releases lie is not known: --from URL'
[ -n "$version" ] || fail 'which version is not known: --version VERSION'
case $version in
    [0-9]*.[0-9]*.[0-9]*) ;;
    *) fail "--version is that of a release, three numbers such as 0.1.0, not a branch or commit: $version" ;;
esac
[ -n "$target" ] || target=$(this_target)

name=portgen-$version-$target
binary=portgen
case $target in *windows*) binary=portgen.exe ;; esac
work=$(mktemp -d)
new=$folder/.portgen-new-$$
trap 'rm -rf "$work"; rm -f "$new"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

download "$releases/v$version/$name.tar.gz" "$work/archive" || fail "$releases/v$version/$name.tar.gz cannot be had"
download "$releases/v$version/SHA256SUMS" "$work/sums" || fail "$releases/v$version/SHA256SUMS cannot be had"
# Written on any system, for text or binary, in either case.
expected=$(tr -d '\r' < "$work/sums" | sed -n "s/^\([0-9A-Fa-f]\{64\}\) [ *]$name\.tar\.gz\$/\1/p" | tr A-F a-f)
[ -n "$expected" ] || fail "SHA256SUMS has no checksum of $name.tar.gz"
actual=$(checksum "$work/archive")
[ "$actual" = "$expected" ] || fail "the checksum of $name.tar.gz is $actual, not $expected: nothing is installed"

tar -xzf "$work/archive" -C "$work" "$name/$binary" || fail "$name.tar.gz cannot be unpacked"
"$work/$name/$binary" --version > /dev/null ||
    fail "the portgen for $target does not run in $work: nothing is installed; where programs may not run there, set TMPDIR"
mkdir -p "$folder"
[ ! -d "$folder/$binary" ] || fail "$folder/$binary is a folder: nothing is installed"
# Renamed within the folder: a portgen that runs is never half written.
cp "$work/$name/$binary" "$new"
chmod 755 "$new"
mv -f "$new" "$folder/$binary"
installed=$("$folder/$binary" --version) || fail "$folder/$binary does not run there"
say "$installed is in $folder"
case ":$PATH:" in
    *":$folder:"*) ;;
    *) say "$folder is not in PATH" ;;
esac
