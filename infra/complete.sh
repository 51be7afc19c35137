#!/usr/bin/env bash
# Ends a deployment: what ARM cannot say in a template. Run again, it changes nothing.
#   1. Locks the immutability of the evidence containers. A locked policy is for good: it can be extended, and never removed.
#      Not where REKEY_LOCK_EVIDENCE is false (the parameter evidence.lock): an environment that is to be taken down again.
#   2. Says to the app that its declaration is that of a completed deployment: until then it takes no grant away.
# Reads the outputs of the deployment from the environment: azd sets them for its hooks, infra/outputs.sh takes them from the stack.
set -euo pipefail
: "${AZURE_SUBSCRIPTION_ID:?}" "${AZURE_APP_RESOURCE_GROUP:?}" "${AZURE_FUNCTION_APP_NAME:?}" "${REKEY_EVIDENCE_ACCOUNT:?}" "${REKEY_DECLARATION:?}"

not_understood() {
  echo "infra/complete.sh: $1: '$2'. The deployment is not completed, and the app takes no grant away." >&2
  exit 1
}

containers=(ledger checkpoints insights-logs-auditevent)
lock=${REKEY_LOCK_EVIDENCE:-true}
case "${lock,,}" in
  true) ;;
  false)
    containers=()
    echo "The evidence stays unlocked: this environment can be taken down. Who may write its storage account can change its evidence."
    ;;
  *) not_understood "REKEY_LOCK_EVIDENCE is neither true nor false" "$lock" ;;
esac

for container in "${containers[@]}"; do
  policy=$(az storage container immutability-policy show --resource-group "$AZURE_APP_RESOURCE_GROUP" --account-name "$REKEY_EVIDENCE_ACCOUNT" \
    --container-name "$container" --subscription "$AZURE_SUBSCRIPTION_ID" --query "join(' ', [state || 'None', etag || 'None'])" --output tsv)
  read -r state etag <<<"$policy"
  case "$state" in
    Locked) ;;
    Unlocked)
      [[ "$etag" =~ ^\"[^\"[:space:]]+\"$ ]] || not_understood "the policy of $container has no etag to lock it by" "$policy"
      az storage container immutability-policy lock --resource-group "$AZURE_APP_RESOURCE_GROUP" --account-name "$REKEY_EVIDENCE_ACCOUNT" \
        --container-name "$container" --subscription "$AZURE_SUBSCRIPTION_ID" --if-match "$etag" --output none
      echo "Locked: $container."
      ;;
    *) not_understood "$container has no immutability policy that can be locked" "$policy" ;;
  esac
done

hash=$(printf '%s' "$REKEY_DECLARATION" | sha256sum | cut -d ' ' -f 1)
az functionapp config appsettings set --resource-group "$AZURE_APP_RESOURCE_GROUP" --name "$AZURE_FUNCTION_APP_NAME" \
  --subscription "$AZURE_SUBSCRIPTION_ID" --settings "Rekey__VaultAccess__DeclarationHash=$hash" --output none
echo "Completed: the declaration $hash is in force."
