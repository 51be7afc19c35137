#!/usr/bin/env bash
# Registers the resource providers that a deployment needs. Azure registers those of a template's resources by itself, but the delegation of
# the app's subnet names Microsoft.App in a text only, and remediations of policies need Microsoft.PolicyInsights. Run again, it changes nothing.
#   infra/providers.sh
set -euo pipefail
: "${AZURE_SUBSCRIPTION_ID:?the id of the subscription}"

for provider in Microsoft.App Microsoft.EventGrid Microsoft.PolicyInsights; do
  az provider register --namespace "$provider" --subscription "$AZURE_SUBSCRIPTION_ID" --wait --output none
done
