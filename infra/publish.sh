#!/usr/bin/env bash
# Publishes artifacts/rekey.zip. A role that was just assigned takes minutes to spread, and until then the package's container answers 403:
# it is tried three times, with a minute between.
#   infra/publish.sh
# Reads the outputs of the deployment from the environment (infra/outputs.sh).
set -euo pipefail
: "${AZURE_SUBSCRIPTION_ID:?}" "${AZURE_APP_RESOURCE_GROUP:?}" "${AZURE_FUNCTION_APP_NAME:?}"
package="${REKEY_PACKAGE_FOLDER:-$(dirname "$0")/../artifacts}/rekey.zip"
if [ ! -s "$package" ]; then
  echo "infra/publish.sh: there is no package. Run infra/package.sh first." >&2
  exit 1
fi

for try in 1 2 3; do
  if az functionapp deployment source config-zip --resource-group "$AZURE_APP_RESOURCE_GROUP" --name "$AZURE_FUNCTION_APP_NAME" \
    --subscription "$AZURE_SUBSCRIPTION_ID" --src "$package" --output none; then
    exit 0
  fi
  if [ "$try" != 3 ]; then
    echo "infra/publish.sh: try $try failed; the next follows." >&2
    sleep "${REKEY_RETRY_SECONDS:-60}"
  fi
done
echo "infra/publish.sh: the app was not published. It still runs what was published before." >&2
exit 1
