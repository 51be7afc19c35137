#!/usr/bin/env bash
# Says which runtime the parameter file of an environment names, for infra/package.sh: what is packed must be what the deployment expects.
#   infra/runtime.sh <environment>
set -euo pipefail
az bicep build-params --file "$(dirname "$0")/${1:?the environment}.bicepparam" --stdout \
  | jq --raw-output --exit-status '(.parametersJson | fromjson | .parameters.runtime.value) // (.templateJson | fromjson | .parameters.runtime.defaultValue)'
