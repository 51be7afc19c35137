using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Rekey.Blocking;

namespace Rekey.Functions;

/// <summary>A reply about an active token, and for how long it may be given again.</summary>
public sealed record ActiveToken(ReadOnlyMemory<byte> Reply, DateTimeOffset From, DateTimeOffset Until);

/// <summary>
/// Replies about active tokens under one trust list and one blocklist: with the next version of either a new, empty one takes its place. Two
/// generations bound it: what was not asked for again is dropped with the older one.
/// </summary>
/// <param name="max">How many are kept; 0 keeps none.</param>
public sealed class ActiveTokens(Trust.TrustList list, BlockIndex blocked, int max)
{
    private readonly int _perGeneration = (max + 1) / 2;
    private ConcurrentDictionary<TokenHash, ActiveToken> _young = new();
    private ConcurrentDictionary<TokenHash, ActiveToken> _old = new();
    private int _added;

    /// <summary>Whether it rests on these.</summary>
    public bool RestsOn(Trust.TrustList onList, BlockIndex onIndex) => ReferenceEquals(list, onList) && ReferenceEquals(blocked, onIndex);

    /// <summary>The reply, if it holds at that time.</summary>
    public ActiveToken? Find(in TokenHash token, DateTimeOffset now)
    {
        if (max == 0 || !(_young.TryGetValue(token, out var found) || _old.TryGetValue(token, out found)))
        {
            return null;
        }

        return now >= found.From && now < found.Until ? found : null;
    }

    public void Add(in TokenHash token, ActiveToken active)
    {
        if (max == 0 || !_young.TryAdd(token, active))
        {
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
