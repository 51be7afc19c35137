#!/usr/bin/env bash
# Says true when the evidence containers are locked already, for REKEY_EVIDENCE_LOCKED: a template cannot write a locked policy again.
#   infra/evidence-locked.sh <environment>
set -euo pipefail
group="rg-rekey-${1:?the environment}"
account=$(az storage account list --resource-group "$group" --query "[?tags.\"rekey-environment\"=='$1' && contains(name, 'evid')].name | [0]" --output tsv 2>/dev/null || true)
if [ -z "$account" ]; then
  echo false
  exit 0
fi

state=$(az storage container immutability-policy show --resource-group "$group" --account-name "$account" --container-name ledger --query state --output tsv 2>/dev/null || true)
[ "$state" = Locked ] && echo true || echo false
