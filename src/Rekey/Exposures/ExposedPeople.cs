using Rekey.Core;
using Rekey.Departures;

namespace Rekey.Exposures;

/// <summary>Answers about many people from one reading of every source, which it keeps for some minutes.</summary>
public sealed class ExposedPeople(FindExposures find, TimeProvider timeProvider) : IExposedPeople, IDisposable
{
    /// <summary>How long a reading is kept.</summary>
    /// <remarks>10 min: a pass over a large directory asks about thousands of people, and a new pass reads anew.</remarks>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _one = new(1, 1);
    private ExposuresFound? _found;
    private DateTimeOffset _readAt;

    public async Task<bool> IsExposedAsync(string personId, DateTimeOffset? accessEndedAt, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(cancellationToken);
        return found.Exposures.Any(e =>
                e.Reasons.Any(r =>
                    string.Equals(r.PersonId, personId, StringComparison.OrdinalIgnoreCase)
                    && !(r.Until < e.OldestVersionAt)
                    && !(accessEndedAt < e.OldestVersionAt)
                )
            )
            || (
                found.Unread.Count == 0
                    ? false
                    : throw new RetryLaterException(
                        $"Whether {personId} exposes a key is not known: {found.Unread[0].Why}",
                        TimeSpan.FromMinutes(1)
                    )
            );
    }

    public void Dispose() => _one.Dispose();

    private async Task<ExposuresFound> ReadAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var now = timeProvider.GetUtcNow();
            if (_found is not { Unread.Count: 0 } || _readAt + Kept <= now)
            {
                (_found, _readAt) = (await find.FindAsync(new(null, DateTimeOffset.MaxValue, []), cancellationToken), now);
            }

            return _found;
        }
        finally
        {
            _one.Release();
        }
    }
}
