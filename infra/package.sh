#!/usr/bin/env bash
# Makes artifacts/rekey.zip, what Flex Consumption runs, for the runtime that the deployment names: custom (unless told otherwise) or dotnet-isolated.
# A custom handler brings its own .NET and keeps its run bit; an isolated worker runs on the host's.
#   infra/package.sh "$(infra/runtime.sh <environment>)"
# REKEY_PACKAGE_FOLDER is where it is made, with everything that is built for it; otherwise artifacts, and builds stay where they always are.
set -euo pipefail
folder=$(realpath --canonicalize-missing "${REKEY_PACKAGE_FOLDER:-$(dirname "$0")/../artifacts}")
cd "$(dirname "$0")/.."
case "${1-custom}" in
  custom) head=(src/Rekey.Functions --self-contained) ;;
  dotnet-isolated) head=(src/Rekey.Functions.Isolated --no-self-contained) ;;
  *) echo "infra/package.sh [custom|dotnet-isolated]: there is no runtime '$1'." >&2; exit 64 ;;
esac
if [ -n "${REKEY_PACKAGE_FOLDER:-}" ]; then
  head+=(--artifacts-path "$folder/build")
fi
rm -rf "$folder/app" "$folder/rekey.zip"
dotnet publish "${head[@]}" --configuration Release --runtime linux-x64 --output "$folder/app"
# What a developer's machine adds is no part of it.
rm -f "$folder/app/local.settings.json"
# With the folder .azurefunctions of an isolated worker.
(cd "$folder/app" && zip --quiet --recurse-paths --symlinks ../rekey.zip .)
echo "$folder/rekey.zip"
