using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Findings;

namespace Rekey.Cli.Detections;

/// <summary>Tokens that belong together, as the function app's sweep would say: its finding has the same id.</summary>
/// <param name="Severity">Of the detection that found it; the highest, where several did.</param>
internal sealed record Campaign(TokenCampaign Of, Severity Severity, Tally Tally)
{
    public Verdict Verdict => Of.Verdict;

    /// <summary>The issuer, for people.</summary>
    public string Issuer => Of.Iss ?? "(not governed)";

    /// <summary>The kid, for people.</summary>
    public string Kid => Of.Kid ?? (Of.Iss is null ? "(any)" : "(never trusted)");

    /// <summary>What it is about, for programs.</summary>
    public string Resource => Of.Kid is { } kid ? $"{Of.Iss}#{kid}" : Of.About;
}
