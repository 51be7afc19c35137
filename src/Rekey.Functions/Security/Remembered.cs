using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Rekey.Functions.Security;

/// <summary>What was found out about tokens, by their SHA-256: never the tokens themselves. Two generations bound it: what was not asked
/// for again is dropped with the older one.</summary>
/// <param name="max">How many are kept; 0 keeps none.</param>
public sealed class Remembered<T>(int max) where T : class
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

/// <summary>SHA-256 of a whole token, signature and all: nobody can make another with the same.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct TokenHash(ulong A, ulong B, ulong C, ulong D)
{
    public static TokenHash Of(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var bytes = System.Buffers.ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(token.Length));
        try
        {
            SHA256.HashData(bytes.AsSpan(0, Encoding.UTF8.GetBytes(token, bytes)), hash);
            return MemoryMarshal.Read<TokenHash>(hash);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
        }
    }
}
