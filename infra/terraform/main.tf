# Deploys the compiled template of a release from Terraform. It is one deployment, not a stack: it has no deny settings, and Terraform sees none of
# its resources. What follows a deployment has to follow here too: infra/outputs.sh dev rekey-dev, infra/publish.sh, infra/complete.sh.

terraform {
  required_version = ">= 1.9"
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

provider "azurerm" {
  features {}
  subscription_id = var.subscription_id
}

variable "subscription_id" {
  description = "The subscription that gets the environment."
  type        = string
}

variable "template_file" {
  description = "main.json of a release."
  type        = string
  default     = "main.json"
}

variable "audience" {
  description = "Id URI of Rekey's app registration."
  type        = string
}

variable "issuers" {
  description = "As the parameter issuers of the template: docs/reference/template.md."
  type        = any
}

resource "azurerm_subscription_template_deployment" "rekey" {
  name             = "rekey-dev"
  location         = "westeurope"
  template_content = file(var.template_file)
  parameters_content = jsonencode({
    size            = { value = "observe" }
    environmentName = { value = "dev" }
    production      = { value = false }
    location        = { value = "westeurope" }
    audience        = { value = var.audience }
    issuers         = { value = var.issuers }
  })
}

output "rekey" {
  description = "The outputs of the template, by name, each as an object with its value."
  value       = jsondecode(azurerm_subscription_template_deployment.rekey.output_content)
}
