using Rekey.AspNetCore.AccessLogs;

namespace Rekey.AspNetCore.Issuer.Journals;

/// <summary>A data collection rule of Azure Monitor that takes the record of the tokens.</summary>
public sealed class IssuanceRule : DataCollectionRule
{
    /// <summary>The rule's stream of issuances.</summary>
    public string Stream { get; set; } = "Custom-TokenIssuance_CL";

    /// <summary>The scope of the access token; it differs in sovereign clouds.</summary>
    public string Scope { get; set; } = "https://monitor.azure.com/.default";
}
