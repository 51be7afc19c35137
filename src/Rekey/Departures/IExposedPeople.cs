using Rekey.Core;

namespace Rekey.Departures;

/// <summary>Names the people who could have used or taken a key that is still trusted, whether they have left or not.</summary>
public interface IExposedPeople
{
    /// <summary>Object ids of the people whom any reason of exposure names for a version that is still trusted.</summary>
    /// <returns>The people, and whether every source answered. A source that refuses counts as answered: its refusal is a finding, and
    /// only people can change it.</returns>
    /// <exception cref="RetryLaterException">The ledger cannot be read yet.</exception>
    Task<(IReadOnlySet<Guid> People, bool IsComplete)> ReadAsync(CancellationToken cancellationToken);
}
