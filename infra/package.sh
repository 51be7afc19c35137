#!/usr/bin/env bash
# Makes artifacts/rekey.zip, what Flex Consumption runs: the function folders, host.json, and a handler that brings its own runtime and keeps its run bit.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf artifacts/app artifacts/rekey.zip
dotnet publish src/Rekey.Functions --configuration Release --runtime linux-x64 --self-contained --output artifacts/app
(cd artifacts/app && zip --quiet --recurse-paths --symlinks ../rekey.zip .)
echo artifacts/rekey.zip
