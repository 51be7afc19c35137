#!/usr/bin/env bash
# Ends a deployment: what ARM cannot say in a template. Run again, it changes nothing.
#   1. Locks the immutability of the evidence containers. A locked policy is for good: it can be extended, and never removed.
#   2. Says to the app that its declaration is that of a completed deployment: until then it takes no grant away.
# Reads the outputs of the deployment from the environment: azd sets them for its hooks, the workflow takes them from the stack.
set -euo pipefail
: "${AZURE_APP_RESOURCE_GROUP:?}" "${AZURE_FUNCTION_APP_NAME:?}" "${REKEY_EVIDENCE_ACCOUNT:?}" "${REKEY_DECLARATION:?}"

for container in ledger checkpoints insights-logs-auditevent; do
  policy=$(az storage container immutability-policy show --resource-group "$AZURE_APP_RESOURCE_GROUP" --account-name "$REKEY_EVIDENCE_ACCOUNT" \
    --container-name "$container" --query '[state, etag]' --output tsv | tr '\n' ' ')
  read -r state etag <<<"$policy"
  if [ "$state" != Locked ]; then
    az storage container immutability-policy lock --resource-group "$AZURE_APP_RESOURCE_GROUP" --account-name "$REKEY_EVIDENCE_ACCOUNT" \
      --container-name "$container" --if-match "$etag" --output none
    echo "Locked: $container."
  fi
done

hash=$(printf '%s' "$REKEY_DECLARATION" | sha256sum | cut -d ' ' -f 1)
az functionapp config appsettings set --resource-group "$AZURE_APP_RESOURCE_GROUP" --name "$AZURE_FUNCTION_APP_NAME" \
  --settings "Rekey__VaultAccess__DeclarationHash=$hash" --output none
echo "Completed: the declaration $hash is in force."
