using System.Diagnostics.Metrics;

namespace Rekey.AspNetCore.Issuer.Monitoring;

/// <summary>The issuer's metrics, under the meter <c>Rekey.Issuer</c>.</summary>
internal sealed class IssuerMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string Meter = "Rekey.Issuer";

    private readonly Counter<long> _tokens;
    private readonly Counter<long> _pulls;
    private readonly Counter<long> _sent;

    public IssuerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Meter);
        _tokens = meter.CreateCounter<long>("rekey.issuer.tokens", description: "Tokens by outcome: minted, or the reason of a refusal.");
        _pulls = meter.CreateCounter<long>("rekey.issuer.pulls", description: "Pulls of the trust list, by document and outcome.");
        _sent = meter.CreateCounter<long>("rekey.issuer.rows.sent", description: "Rows that were sent, by outcome.");
    }

    public void Minted() => _tokens.Add(1, new KeyValuePair<string, object?>("outcome", "minted"));

    public void Refused(string reason) => _tokens.Add(1, new KeyValuePair<string, object?>("outcome", reason));

    public void Pulled(string document, bool succeeded) =>
        _pulls.Add(1, new("document", document), new("outcome", succeeded ? "current" : "failed"));

    /// <param name="outcome">sent, failed (they are sent again), or refused for good.</param>
    public void Sent(long rows, string outcome) => _sent.Add(rows, new KeyValuePair<string, object?>("outcome", outcome));
}
