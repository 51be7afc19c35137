using Rekey.Core;

namespace Rekey.Departures.SecurityEvents;

/// <summary>
/// Takes a security event that was pushed (RFC 8935). Events about accounts make Rekey ask the directory, which alone decides whether it is
/// a departure; all others are recorded. It returns after the event is on the ledger.
/// </summary>
public sealed class TakeSecurityEvent(
    VerifySecurityEvent verify,
    SecurityEventLedger taken,
    RecordDeparture record,
    IPersonLookup lookup,
    DepartureOptions options,
    TimeProvider timeProvider
)
{
    /// <summary>The source of departures that such events report.</summary>
    public const string Source = "SecurityEvent";

    /// <param name="mayRead">Gives how long to wait before the person may be read from the directory: zero for now, null for
    /// longer.</param>
    /// <returns>False when the event was taken before.</returns>
    /// <exception cref="SecurityEventRefusedException">It can never be accepted.</exception>
    /// <exception cref="RetryLaterException">It cannot be taken now; the transmitter sends it again.</exception>
    public async Task<bool> TakeAsync(string text, Func<Guid, TimeSpan?> mayRead, CancellationToken cancellationToken)
    {
        // 1. Verify it.
        var token = SecurityEventToken.Parse(text);
        var transmitter = await verify.VerifyAsync(token, cancellationToken);
        var (type, _) = token.Event();
        var kind = SecurityEventTypes.KindOf(type) ?? throw SecurityEventToken.Malformed("Rekey does not handle events of this type");
        var jti = SecurityEventToken.Text(token.Claims, "jti");
        if (await taken.IsTakenAsync(transmitter.Issuer, jti, cancellationToken))
        {
            return false;
        }

        // 2. The person, if it is about one. The subject of a verification is the stream.
        var person = type.Contains("/ssf/event-type/", StringComparison.Ordinal)
            ? null
            : await FindAsync(EventSubject.Read(token.Claims, transmitter, kind is SecurityEventKind.Account), cancellationToken);

        // 3. The directory confirms a departure, or sees that the person is back.
        if (kind is SecurityEventKind.Account && person is { } id)
        {
            var wait = mayRead(id);
            if (wait != TimeSpan.Zero)
            {
                throw new RetryLaterException("Events about one person are throttled.", wait ?? TimeSpan.FromMinutes(1));
            }

            var source = new DepartureSource(Source, StableId.Of(transmitter.Issuer, jti), timeProvider.GetUtcNow(), Reporter: null);
            await record.NoticeAsync(new(options.TenantId, id, source, IsObservation: true, Hostile: false), cancellationToken);
        }

        // 4. Put it on record; only then it is accepted.
        await taken.TakeAsync(transmitter.Issuer, jti, type, person, cancellationToken);
        return true;
    }

    private async Task<Guid?> FindAsync(EventSubject subject, CancellationToken cancellationToken) =>
        subject.PersonId ?? (subject.Address is { } address ? await lookup.FindByNameAsync(address, cancellationToken) : null);
}
