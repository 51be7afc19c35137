#!/usr/bin/env bash
# Writes the table of folders into docs/architecture.md, between its two marks. Run it after a folder came, went or was renamed.
set -euo pipefail
cd "$(dirname "$0")/.."
page=docs/architecture.md
{
  sed '/<!-- folders: begin -->/q' "$page"
  echo '| project | folders |'
  echo '| --- | --- |'
  for project in src/*/*.csproj; do
    root=$(dirname "$project")
    folders=$(cd "$root" && find . -name '*.cs' ! -path './bin/*' ! -path './obj/*' -printf '%h\n' \
      | sed 's|^\./||; /^\.$/d' | LC_ALL=C sort -u | sed 's/.*/`&`/' | paste -sd, | sed 's/,/, /g')
    echo "| \`$root\` | $folders |"
  done
  sed -n '/<!-- folders: end -->/,$p' "$page"
} > "$page.new"
mv "$page.new" "$page"
