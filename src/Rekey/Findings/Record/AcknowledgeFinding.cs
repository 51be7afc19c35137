using Rekey.Core;
using Rekey.Ledgers;

namespace Rekey.Findings.Record;

/// <summary>Puts on record that a person has taken note of an open finding.</summary>
public sealed class AcknowledgeFinding(ILedger ledger, FindingLedger onRecord, TimeProvider timeProvider)
{
    /// <summary>How long an acknowledgement lasts when nothing else is said. Seven days: a week's work.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromDays(7);

    /// <summary>How long it may last. Thirty days: after that a person must look again.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Acknowledges a finding. A later acknowledgement replaces an earlier one.</summary>
    /// <param name="until">At most <see cref="Longest"/> from now; null for <see cref="Default"/>.</param>
    /// <returns>The finding on record; null when none with this id is open.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is not in the future, or too far.</exception>
    public async Task<Finding?> AcknowledgeAsync(
        string findingId,
        string reason,
        DateTimeOffset? until,
        string by,
        CancellationToken cancellationToken
    )
    {
        var now = timeProvider.GetUtcNow();
        var end = until?.ToUniversalTime() ?? now + Default;
        if (end <= now || end > now + Longest)
        {
            throw new ArgumentOutOfRangeException(nameof(until), until, "It must be in the future, and at most 30 days from now.");
        }

        if ((await onRecord.ReadAsync(cancellationToken)).FindReported(findingId) is not { } reported)
        {
            return null;
        }

        await ledger.AppendAsync(FindingLine.Acknowledge(reported, new(by, now, end, Secrets.Without(reason))), cancellationToken);
        return (await onRecord.ReadAsync(cancellationToken)).FindOpen(findingId);
    }
}
