using System.Collections.Immutable;
using System.Text.Json;
using Rekey.Ledgers;

namespace Rekey.Functions.Findings;

/// <summary>What was told of a finding.</summary>
/// <param name="Openings">How often it was opened.</param>
/// <param name="Milestone">The last one that was told, empty for none; null in lines of earlier releases, which did not say it.</param>
public sealed record ToldFinding(int Openings, bool IsOpen, string? Milestone)
{
    public static readonly ToldFinding Never = new(0, IsOpen: false, Milestone: null);
}

/// <summary>Which findings were reported, by the ledger. An attacker can change or delete a row so that a finding is not reported; the
/// ledger they cannot change (T9).</summary>
public sealed class FindingLedger(LedgerReader reader)
{
    private static readonly ImmutableDictionary<string, ToldFinding> Empty = ImmutableDictionary.Create<string, ToldFinding>(StringComparer.Ordinal);

    private readonly LedgerFold<ImmutableDictionary<string, ToldFinding>> _told =
        new(reader, "findings", Empty, With, load: saved => Empty.AddRange(saved.Deserialize<Dictionary<string, ToldFinding>>(RecordJson.Options)!));

    /// <exception cref="RetryLaterException">The ledger cannot be reached.</exception>
    /// <exception cref="CannotContinueException">The ledger is broken.</exception>
    public async Task<ToldFinding> OfAsync(string findingId, CancellationToken cancel) =>
        (await _told.ReadAsync(cancel)).GetValueOrDefault(findingId, ToldFinding.Never);

    private static ImmutableDictionary<string, ToldFinding> With(ImmutableDictionary<string, ToldFinding> told, LedgerLine line)
    {
        if (line.Entry.Kind is not (LedgerKinds.FindingRaised or LedgerKinds.FindingUpdated or LedgerKinds.FindingClosed))
        {
            return told;
        }

        var (id, milestone) = (line.Entry.Facts["finding"], line.Entry.Facts.GetValueOrDefault("milestone"));
        var before = told.GetValueOrDefault(id, ToldFinding.Never);
        return told.SetItem(id, line.Entry.Kind switch
        {
            LedgerKinds.FindingRaised => new(before.Openings + 1, IsOpen: true, milestone),
            LedgerKinds.FindingClosed => before with { IsOpen = false },
            _ => before with { Milestone = milestone },
        });
    }
}
