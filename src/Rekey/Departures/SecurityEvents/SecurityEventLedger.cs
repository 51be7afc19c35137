using System.Collections.Immutable;
using Rekey.Core;
using Rekey.Ledgers;

namespace Rekey.Departures.SecurityEvents;

/// <summary>The security events on the ledger. An event that was taken is known for as long as it could be accepted again.</summary>
public sealed class SecurityEventLedger(ILedger ledger, LedgerReader reader)
{
    /// <summary>After how many events the old ones are dropped: each time costs a look at all of them.</summary>
    private const int PruneEvery = 500;

    private readonly LedgerFold<ImmutableDictionary<string, DateTimeOffset>> _taken = new(
        reader,
        "security-events",
        ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal),
        With
    );

    /// <summary>Whether the event was taken before.</summary>
    public async Task<bool> IsTakenAsync(string issuer, string jti, CancellationToken cancellationToken) =>
        (await _taken.ReadAsync(cancellationToken)).ContainsKey(IdOf(issuer, jti));

    /// <summary>Records that the event was taken.</summary>
    /// <param name="person">Object id; null when it is about no person, or about one that the directory does not know.</param>
    public Task TakeAsync(string issuer, string jti, string type, Guid? person, CancellationToken cancellationToken) =>
        ledger.AppendAsync(
            new(
                IdOf(issuer, jti),
                LedgerKinds.SecurityEventTaken,
                issuer,
                Facts.Of(("type", type), ("jti", StableId.HexOf(jti)), ("person", person?.ToString() ?? ""))
            ),
            cancellationToken
        );

    private static string IdOf(string issuer, string jti) => StableId.Of("security-event", issuer, jti);

    private static ImmutableDictionary<string, DateTimeOffset> With(ImmutableDictionary<string, DateTimeOffset> taken, LedgerLine line)
    {
        if (line.Entry.Kind is not LedgerKinds.SecurityEventTaken)
        {
            return taken;
        }

        taken = taken.SetItem(line.Entry.Id, line.At);
        if (taken.Count % PruneEvery != 0)
        {
            return taken;
        }

        // An event may be a little younger than its line by another clock: it is kept a day longer than it could be accepted.
        var end = line.At - VerifySecurityEvent.MaxAge - TimeSpan.FromDays(1);
        return taken.RemoveRange(taken.Where(t => t.Value < end).Select(t => t.Key));
    }
}
