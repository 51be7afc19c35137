#!/usr/bin/env bash
# Shows what a deployment of an environment would change, or deploys it, as one deployment stack.
#   infra/stack.sh what-if <environment>
#   infra/stack.sh create <environment>
# REKEY_DEPLOYER_ID is the object id of the identity that deploys; REKEY_BREAK_GLASS_GROUP_ID that of the break-glass group, or none.
# REKEY_EXEMPT_PRINCIPAL_IDS can name up to three more object ids, separated by spaces: identities of policies that remediate.
set -euo pipefail
task=${1:?what-if or create}
environment=${2:?the environment}
if [ "$task" != what-if ] && [ "$task" != create ]; then
  echo "infra/stack.sh: '$task' is neither what-if nor create." >&2
  exit 1
fi
: "${AZURE_SUBSCRIPTION_ID:?the id of the subscription}" "${REKEY_DEPLOYER_ID:?the object id of the identity that deploys}"
: "${REKEY_BREAK_GLASS_GROUP_ID:?the object id of the break-glass group, or none}"
cd "$(dirname "$0")"

# The deny settings deny every write and action on what is deployed, not only changes. These are left to those whose role allows them.
actions=(
  # Take an undeclared grant away; activate what is eligible.
  Microsoft.Authorization/roleAssignments/delete
  Microsoft.Authorization/roleAssignmentScheduleRequests/write
  Microsoft.Authorization/roleAssignmentScheduleRequests/cancel/action
  # On-call: restart or stop the app, read its settings and logs, acknowledge an alert.
  Microsoft.Web/sites/start/action
  Microsoft.Web/sites/stop/action
  Microsoft.Web/sites/restart/action
  Microsoft.Web/sites/config/list/action
  Microsoft.OperationalInsights/workspaces/search/action
  Microsoft.OperationalInsights/workspaces/analytics/query/action
  Microsoft.AlertsManagement/alerts/changestate/action
  # The network team: peer with the app's network, link it to a zone, join a subnet, approve an endpoint of the app.
  Microsoft.Network/virtualNetworks/join/action
  Microsoft.Network/virtualNetworks/peer/action
  Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write
  Microsoft.Network/virtualNetworks/virtualNetworkPeerings/delete
  Microsoft.Network/virtualNetworks/subnets/join/action
  Microsoft.Web/sites/privateEndpointConnectionsApproval/action
  # Policy: evaluate, start and stop a remediation. What a remediation writes needs an exempt principal.
  Microsoft.PolicyInsights/policyStates/triggerEvaluation/action
  Microsoft.PolicyInsights/remediations/write
  Microsoft.PolicyInsights/remediations/cancel/action
)
read -r -a exempt <<<"${REKEY_EXEMPT_PRINCIPAL_IDS:-}"
principals=("$REKEY_DEPLOYER_ID" "${exempt[@]}")
if [ "$REKEY_BREAK_GLASS_GROUP_ID" != none ]; then
  principals+=("$REKEY_BREAK_GLASS_GROUP_ID")
fi
for id in "${principals[@]}"; do
  if [[ ! "$id" =~ ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$ ]]; then
    echo "infra/stack.sh: '$id' is no object id. Without the right ids the deny settings keep out who must get in." >&2
    exit 1
  fi
done
if [ "${#principals[@]}" -gt 5 ]; then
  echo "infra/stack.sh: the deny settings take five principals at most, and these are ${#principals[@]}. Name a group." >&2
  exit 1
fi

# The Azure CLI takes each of the two lists as one value.
options=(
  --subscription "$AZURE_SUBSCRIPTION_ID" --location "${AZURE_LOCATION:-westeurope}" --parameters "$environment.bicepparam"
  --action-on-unmanage detachAll --deny-settings-mode denyWriteAndDelete --deny-settings-apply-to-child-scopes
  --deny-settings-excluded-principals "${principals[*]}" --deny-settings-excluded-actions "${actions[*]}"
)

# The parameter files read it.
locked=$(./evidence-locked.sh "$environment")
export REKEY_EVIDENCE_LOCKED="$locked"

if [ "$task" = what-if ]; then
  az stack-whatif sub create --name "rekey-$environment-preview" --retention-interval PT3H --validation-level ProviderNoRbac \
    --stack-id "/subscriptions/$AZURE_SUBSCRIPTION_ID/providers/Microsoft.Resources/deploymentStacks/rekey-$environment" "${options[@]}"
else
  ./providers.sh
  az stack sub create --name "rekey-$environment" "${options[@]}" --yes --output none
fi
