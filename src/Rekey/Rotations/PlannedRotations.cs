using System.Collections.Immutable;
using Rekey.Ledgers;

namespace Rekey.Rotations;

/// <summary>What was planned, as it stands in the ledger. A request that only a row has was put there by somebody else: it would rotate keys that nobody wanted rotated, and ask nobody (T9).</summary>
public sealed class PlannedRotations(ILedger ledger) : IDisposable
{
    private readonly LedgerFold<ImmutableHashSet<PlannedRequest>> _planned = new(ledger, [], (planned, line) => line.Entry.Kind is LedgerKinds.RotationPlanned ? planned.Add(Of(line)) : planned);

    /// <summary>Whether exactly this was planned for the key.</summary>
    public async Task<bool> HasAsync(string keyId, RotationRequest request, CancellationToken cancel) =>
        (await _planned.ReadAsync(cancel)).Contains(new(keyId, request.Cause, request.Urgency, request.CoveredUntil, request.DecisionId));

    /// <summary>Puts a plan on record: the same cause again with other words is another plan.</summary>
    public Task PlanAsync(string keyId, RotationRequest request, CancellationToken cancel)
    {
        var what = StableId.Of(request.Urgency.ToString(), request.CoveredUntil.ToString("O"), request.DecisionId ?? "");
        return ledger.AppendAsync(new($"{LedgerKinds.RotationPlanned}/{keyId}/{request.Cause}/{what}", LedgerKinds.RotationPlanned, keyId, FactsOf(request)), cancel);
    }

    /// <summary>The facts of a request, as every line about one has them.</summary>
    internal static IReadOnlyDictionary<string, string> FactsOf(RotationRequest request) => Facts.Of(
        ("cause", request.Cause), ("urgency", request.Urgency.ToString()), ("coveredUntil", request.CoveredUntil.ToString("O")), ("decision", request.DecisionId ?? ""));

    public void Dispose() => _planned.Dispose();

    private static PlannedRequest Of(LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return new(line.Entry.About, facts["cause"], Enum.Parse<Urgency>(facts["urgency"]), DateTimeOffset.Parse(facts["coveredUntil"]), facts["decision"] is { Length: > 0 } decision ? decision : null);
    }

    private sealed record PlannedRequest(string KeyId, string Cause, Urgency Urgency, DateTimeOffset CoveredUntil, string? DecisionId);
}
