# SPDX-License-Identifier: BSD-3-Clause
# Sourced by ./demo and ./test: installs Debian packages that are missing, says what it does.

# What the build needs.
build_packages="gcc g++ cmake ninja-build pkg-config python3 gcc-aarch64-linux-gnu libsystemc-dev libfyaml-dev
                libjansson-dev libelf-dev libdw-dev libsqlite3-dev libssl-dev libcapstone-dev libfdt-dev
                clang-14 lld-14 mtools"
# What only the tests need.
test_packages="git openssl efitools libgtest-dev libgmock-dev qemu-user qemu-system-arm u-boot-qemu"

say() {
    printf '==> %s\n' "$*"
}

missing_packages() {
    for package in "$@"; do
        case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" in
        installed) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

# Installs the packages named, through apt-get as root or by sudo; otherwise prints the one line to run and ends.
require_packages() {
    if ! command -v dpkg-query >/dev/null; then
        echo "This is not a Debian machine: install what these packages hold, then build with CMake:" $* >&2
        exit 1
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
            echo "Packages are missing. Run this, then start again:" >&2
            echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends $missing" >&2
            exit 1
        fi
        as_root=sudo
    fi
    say "installing: $missing"
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get update -q >/dev/null
    $as_root apt-get install -q -y --no-install-recommends $missing >/dev/null
}

# Configures and builds a preset; quick when nothing has changed.
build_preset() {
    say "building preset $1"
    cmake --preset "$1" >"build-$1.log" 2>&1 || { cat "build-$1.log" >&2; exit 1; }
    cmake --build --preset "$1" >>"build-$1.log" 2>&1 || { tail -n 60 "build-$1.log" >&2; exit 1; }
    rm -f "build-$1.log"
}
