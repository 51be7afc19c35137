#!/usr/bin/env bash
# Makes artifacts/rekey.zip, what Flex Consumption runs, for the runtime that the deployment names: custom (unless told otherwise) or dotnet-isolated.
# A custom handler brings its own .NET and keeps its run bit; an isolated worker runs on the host's.
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-custom}" in
  custom) head=(src/Rekey.Functions --self-contained) ;;
  dotnet-isolated) head=(src/Rekey.Functions.Isolated --no-self-contained) ;;
  *) echo "infra/package.sh [custom|dotnet-isolated]: there is no runtime $1." >&2; exit 64 ;;
esac
rm -rf artifacts/app artifacts/rekey.zip
dotnet publish "${head[@]}" --configuration Release --runtime linux-x64 --output artifacts/app
# With the folder .azurefunctions of an isolated worker.
(cd artifacts/app && zip --quiet --recurse-paths --symlinks ../rekey.zip .)
echo artifacts/rekey.zip
