using System.Collections.Immutable;
using Rekey.Ledgers;

namespace Rekey.Trust.Publishing;

/// <summary>Finds revocations that no published list is known to have.</summary>
public sealed class PublicationLedger(LedgerReader reader)
{
    private readonly LedgerFold<ImmutableDictionary<string, DateTimeOffset>> _unpublished = new(
        reader,
        "unpublished",
        ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal),
        (unpublished, line) =>
            line.Entry.Kind switch
            {
                LedgerKinds.TrustEnded => unpublished.ContainsKey(line.Entry.About)
                    ? unpublished
                    : unpublished.SetItem(line.Entry.About, line.At),
                LedgerKinds.TrustPublished => unpublished.Clear(),
                _ => unpublished,
            }
    );

    /// <summary>The key of each, and when it was revoked.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> UnpublishedAsync(CancellationToken cancellationToken) =>
        await _unpublished.ReadAsync(cancellationToken);
}
