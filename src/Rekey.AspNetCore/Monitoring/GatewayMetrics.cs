using System.Diagnostics.Metrics;

namespace Rekey.AspNetCore.Monitoring;

/// <summary>The gateway's metrics, under the meter <c>Rekey.Gateway</c>.</summary>
internal sealed class GatewayMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string Meter = "Rekey.Gateway";

    private readonly Counter<long> _tokens;
    private readonly Counter<long> _pulls;
    private readonly Counter<long> _dropped;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Meter);
        _tokens = meter.CreateCounter<long>(
            "rekey.gateway.tokens",
            description: "Tokens by outcome: accepted, or the reason of a refusal."
        );
        _pulls = meter.CreateCounter<long>("rekey.gateway.pulls", description: "Pulls of a list, by document and outcome.");
        _dropped = meter.CreateCounter<long>("rekey.gateway.log.dropped", description: "Rows of the access log that were dropped.");
    }

    public void Accepted() => _tokens.Add(1, new KeyValuePair<string, object?>("outcome", "accepted"));

    public void Refused(string reason) => _tokens.Add(1, new KeyValuePair<string, object?>("outcome", reason));

    public void Pulled(string document, bool succeeded) =>
        _pulls.Add(1, new("document", document), new("outcome", succeeded ? "current" : "failed"));

    public void Dropped(string stream, long rows) => _dropped.Add(rows, new KeyValuePair<string, object?>("stream", stream));
}
