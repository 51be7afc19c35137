namespace Rekey.AspNetCore.AccessLogs;

/// <summary>A data collection rule of Azure Monitor that takes the access log.</summary>
public sealed class LogsIngestionOptions : DataCollectionRule
{
    /// <summary>The rule's stream of accepted tokens.</summary>
    public string AccessStream { get; set; } = "Custom-GatewayAccess_CL";

    /// <summary>The rule's stream of refusals. Null: refusals are not sent.</summary>
    public string? RefusalStream { get; set; }

    /// <summary>The rule's stream of gaps. Null: gaps are not sent, and only logged as errors.</summary>
    public string? GapStream { get; set; }

    /// <summary>Gives a token of Entra for the scope <c>https://monitor.azure.com/.default</c>. It is asked for each request, so it should
    /// keep its tokens, as the credentials of Azure.Identity do.</summary>
    public Func<CancellationToken, ValueTask<string>>? Token { get; set; }

    internal IEnumerable<string> Validate()
    {
        if (!IsEndpointSafe)
        {
            yield return $"AccessLog:Ingestion:Endpoint must be an absolute https address: {Endpoint}.";
        }

        if (RuleId.Length == 0 || AccessStream.Length == 0)
        {
            yield return "AccessLog:Ingestion: set RuleId and AccessStream.";
        }

        if (Token is null)
        {
            yield return "AccessLog:Ingestion:Token must be set in code: it gives a token of Entra for https://monitor.azure.com/.default.";
        }
    }
}
