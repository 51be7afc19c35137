using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Findings;

namespace Rekey.Cli.Detections;

/// <summary>A campaign of related tokens. The finding of the function app's sweep has the same id.</summary>
/// <param name="Severity">The severity of the detection that found it; the highest, if several did.</param>
internal sealed record Campaign(TokenCampaign Of, Severity Severity, Tally Tally)
{
    public Verdict Verdict => Of.Verdict;

    /// <summary>The issuer, for display.</summary>
    public string Issuer => Of.Iss ?? "(not governed)";

    /// <summary>The kid, for display.</summary>
    public string Kid => Of.Kid ?? (Of.Iss is null ? "(any)" : "(never trusted)");

    /// <summary>The resource that the campaign concerns, for programs.</summary>
    public string Resource => Of.Kid is { } kid ? $"{Of.Iss}#{kid}" : Of.About;
}
