#!/usr/bin/env bash
# Prints the outputs of an environment's stack as NAME=value, one a line, for $GITHUB_ENV or a shell. All of them, or an error and nothing:
# an output that is missing would be the text "null" for every step behind it. Azure may write names in another case than the template.
#   infra/outputs.sh <environment>                   of its stack
#   infra/outputs.sh <environment> <deployment>      of a deployment without a stack: by the button, or by Terraform
set -euo pipefail
environment=${1:?the environment}
: "${AZURE_SUBSCRIPTION_ID:?the id of the subscription}"

if [ -z "${2:-}" ]; then
  outputs=$(az stack sub show --name "rekey-$environment" --subscription "$AZURE_SUBSCRIPTION_ID" --query outputs --output json)
else
  outputs=$(az deployment sub show --name "$2" --subscription "$AZURE_SUBSCRIPTION_ID" --query properties.outputs --output json)
fi
outputs=${outputs:-null}
# shellcheck disable=SC2016 # jq's variables
jq --raw-output --exit-status '
  (if type == "object" then . else error("There are no outputs. Deploy first.") end | with_entries(.key |= ascii_upcase)) as $there
  | (["AZURE_APP_RESOURCE_GROUP", "AZURE_FUNCTION_APP_NAME", "REKEY_APP_PRINCIPAL_ID", "REKEY_URL", "REKEY_EVIDENCE_ACCOUNT", "REKEY_DECLARATION"]
     + (["REKEY_LOCK_EVIDENCE"] | map(select(in($there))))
     + (["REKEY_CUT_OFF_PRINCIPAL_ID"] | map(select(($there[.].value // "") != ""))))
  | map(. as $name | ($there[$name].value | if type == "boolean" then tostring else . end)
      | if type != "string" or . == "" or test("[\r\n]") then error("The output \($name) is missing or is no line of text.") else "\($name)=\(.)" end)
  | .[]' <<<"$outputs"
