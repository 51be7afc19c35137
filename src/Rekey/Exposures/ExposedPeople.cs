using Rekey.Departures;
using Rekey.Trust.History;

namespace Rekey.Exposures;

/// <summary>Asks every source of exposure about everyone.</summary>
public sealed class ExposedPeople(FindExposures find, TrustLedger trustLedger) : IExposedPeople
{
    public async Task<(IReadOnlySet<Guid> People, bool IsComplete)> ReadAsync(CancellationToken cancellationToken)
    {
        var found = await find.FindAsync(new(personId: null, DateTimeOffset.MaxValue, namedKeys: []), cancellationToken);
        var history = await trustLedger.ReadAsync(cancellationToken);
        var people = found
            .Exposures.Where(e => history.TrustedOf(e.KeyId).Any())
            .SelectMany(e => e.Reasons.Where(r => !(r.Until < e.OldestVersionAt)))
            .Select(r => Guid.TryParse(r.PersonId, out var id) ? id : Guid.Empty)
            .Where(id => id != Guid.Empty)
            .ToHashSet();
        return (people, found.Unread.All(u => u.Refusal is not null));
    }
}
