using System.Collections.Concurrent;

namespace Rekey.Trust;

/// <summary>A bounded cache of results about tokens, keyed by SHA-256 and never by the token itself. It has two generations; entries that
/// are not used again are dropped with the older one.</summary>
/// <param name="max">The number of entries; 0 keeps none.</param>
public sealed class Remembered<T>(int max)
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

        // An expired entry may still be there; the newer one replaces it.
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
