using System.Collections.Concurrent;

namespace Rekey.Functions.Security;

/// <summary>What was found out about tokens, by their SHA-256: never the tokens themselves. Two generations bound it: what was not asked
/// for again is dropped with the older one.</summary>
/// <param name="max">How many are kept; 0 keeps none.</param>
internal sealed class Remembered<T>(int max)
    where T : class
{
    private readonly int _perGeneration = (max + 1) / 2;
    private ConcurrentDictionary<TokenHash, T> _young = new();
    private ConcurrentDictionary<TokenHash, T> _old = new();
    private int _added;

    public T? Find(in TokenHash token) =>
        max > 0 && (_young.TryGetValue(token, out var found) || _old.TryGetValue(token, out found)) ? found : null;

    public void Add(in TokenHash token, T value)
    {
        if (max == 0)
        {
            return;
        }

        // What has run out is there still, and a newer one takes its place.
        if (!_young.TryAdd(token, value))
        {
            _young[token] = value;
            return;
        }

        if (Interlocked.Increment(ref _added) >= _perGeneration)
        {
            Interlocked.Exchange(ref _added, 0);
            _old = Interlocked.Exchange(ref _young, new());
        }
    }
}
