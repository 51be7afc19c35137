#!/usr/bin/env bash
# Makes artifacts/rekey.zip, what Flex Consumption runs: src/Rekey.Functions as published, with .azurefunctions at the root.
#   infra/package.sh
# REKEY_PACKAGE_FOLDER is where it is made, with everything that is built for it; otherwise artifacts, and builds stay where they always are.
set -euo pipefail
folder=$(realpath --canonicalize-missing "${REKEY_PACKAGE_FOLDER:-$(dirname "$0")/../artifacts}")
cd "$(dirname "$0")/.."
apart=()
if [ -n "${REKEY_PACKAGE_FOLDER:-}" ]; then
  apart=(--artifacts-path "$folder/build")
fi
rm -rf "$folder/app" "$folder/rekey.zip"
# Flex Consumption is Linux on x64 and brings .NET: only that platform's native files, and code that is compiled ahead (docs/benchmarks.md).
dotnet publish src/Rekey.Functions --configuration Release --output "$folder/app" --runtime linux-x64 --no-self-contained \
  -p:PublishReadyToRun=true "${apart[@]}"
# What a developer's machine adds is no part of it.
rm -f "$folder/app/local.settings.json"

# Without one of these the host starts, and finds no function.
missing=()
for file in host.json functions.metadata extensions.json worker.config.json; do
  [ -s "$folder/app/$file" ] || missing+=("$file")
done
compgen -G "$folder/app/.azurefunctions/*" >/dev/null || missing+=(.azurefunctions/)
if [ ${#missing[@]} -gt 0 ]; then
  echo "infra/package.sh: src/Rekey.Functions was published without ${missing[*]}. The Functions worker SDK makes them: see its build." >&2
  exit 1
fi

(cd "$folder/app" && zip --quiet --recurse-paths --symlinks ../rekey.zip .)
echo "$folder/rekey.zip"
