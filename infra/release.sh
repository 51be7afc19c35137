#!/usr/bin/env bash
# Makes artifacts/release: the compiled template, the form of the Deploy button, the notes with the button, and the hash of each.
#   infra/release.sh <https address under which main.json and form.json will be found>
# BICEP is the Bicep CLI; without it the one that restoring tests/Rekey.Infra.Tests fetches. REKEY_PACKAGE_FOLDER as for package.sh: rekey.zip must be there.
set -euo pipefail
address=${1:?the https address under which the files will be found}
if [[ ! "$address" =~ ^https://[A-Za-z0-9./_-]+[A-Za-z0-9_-]$ ]]; then
  echo "infra/release.sh: '$address' is no https address. The portal would fetch the template from there." >&2
  exit 1
fi
folder=$(realpath --canonicalize-missing "${REKEY_PACKAGE_FOLDER:-$(dirname "$0")/../artifacts}")
cd "$(dirname "$0")/.."
if [ ! -s "$folder/rekey.zip" ]; then
  echo "infra/release.sh: there is no package. Run infra/package.sh first." >&2
  exit 1
fi
bicep=${BICEP:-}
if [ -z "$bicep" ]; then
  version=$(sed -n 's:.*<BicepVersion>\(.*\)</BicepVersion>.*:\1:p' tests/Rekey.Infra.Tests/Rekey.Infra.Tests.csproj)
  bicep="${NUGET_PACKAGES:-$HOME/.nuget/packages}/azure.bicep.commandline.linux-x64/$version/tools/bicep"
  chmod u+x "$bicep"
fi

rm -rf "$folder/release"
mkdir -p "$folder/release"
"$bicep" build infra/main.bicep --outfile "$folder/release/main.json"
sed "s|https://REKEY-PUBLIC-ADDRESS|$address|" infra/portal/form.json >"$folder/release/form.json"
template=$(jq --null-input --raw-output --arg address "$address/main.json" '$address | @uri')
form=$(jq --null-input --raw-output --arg address "$address/form.json" '$address | @uri')
sed "s|@TEMPLATE@|$template|g; s|@FORM@|$form|g" infra/portal/release.md >"$folder/release/release.md"
cp "$folder/rekey.zip" "$folder/release/rekey.zip"
(cd "$folder/release" && sha256sum -- *.json rekey.zip >SHA256SUMS)
echo "$folder/release"
