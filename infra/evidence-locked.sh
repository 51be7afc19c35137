#!/usr/bin/env bash
# Says true when the evidence containers are locked already, for REKEY_EVIDENCE_LOCKED: a template cannot write a locked policy again.
# Says false only when Azure said so. An error, or an answer that is neither, ends it: a wrong false makes the deployment fail halfway.
#   infra/evidence-locked.sh <environment>
set -euo pipefail
environment=${1:?the environment}
: "${AZURE_SUBSCRIPTION_ID:?the id of the subscription}"
group="rg-rekey-$environment"

not_understood() {
  echo "infra/evidence-locked.sh: Azure's answer to \"$1\" cannot be understood: '$2'. Nothing is deployed on a guess: run the command by hand." >&2
  exit 1
}

answer=$(az group exists --name "$group" --subscription "$AZURE_SUBSCRIPTION_ID" --output tsv)
case "${answer,,}" in
  true) ;;
  false) echo false; exit 0 ;;
  *) not_understood "az group exists" "$answer" ;;
esac

# As JSON: there an empty list is not the same as no answer.
answer=$(az storage account list --resource-group "$group" --subscription "$AZURE_SUBSCRIPTION_ID" \
  --query "[?tags.\"rekey-environment\"=='$environment' && contains(name, 'evid')].name" --output json)
answer=${answer//[[:space:]]/}
if [ "$answer" = '[]' ]; then
  echo false
  exit 0
fi
[[ "$answer" =~ ^\[\"([a-z0-9]{3,24})\"\]$ ]] || not_understood "az storage account list" "$answer"
account=${BASH_REMATCH[1]}

answer=$(az storage container-rm exists --name ledger --storage-account "$account" --resource-group "$group" \
  --subscription "$AZURE_SUBSCRIPTION_ID" --query exists --output tsv)
case "${answer,,}" in
  true) ;;
  false) echo false; exit 0 ;;
  *) not_understood "az storage container-rm exists" "$answer" ;;
esac

answer=$(az storage container immutability-policy show --resource-group "$group" --account-name "$account" --container-name ledger \
  --subscription "$AZURE_SUBSCRIPTION_ID" --query "state || 'None'" --output tsv)
case "$answer" in
  Locked) echo true ;;
  Unlocked | None) echo false ;;
  *) not_understood "az storage container immutability-policy show" "$answer" ;;
esac
