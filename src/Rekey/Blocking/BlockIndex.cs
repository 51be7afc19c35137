using System.Runtime.InteropServices;

namespace Rekey.Blocking;

/// <summary>What identifies a token to the blocklist.</summary>
/// <param name="Issuer">The exact <c>iss</c>.</param>
/// <param name="IssuedAt"><c>iat</c>; a token without one is taken for an old one.</param>
/// <param name="SigningInputSha256">Lower-case hex; null where it is not known.</param>
public sealed record TokenFacts(string Issuer, string? Jti, string? Subject, string? Kid, DateTimeOffset? IssuedAt, string? SigningInputSha256);

/// <summary>
/// The blocklist as a verifier holds it: made for asking, at most four look-ups a token, about 50 bytes an entry. Never changes itself; later changes
/// lie over a base that they share.
/// </summary>
public sealed class BlockIndex
{
    private static readonly Mark Removed = new(long.MinValue, long.MinValue);

    private readonly Dictionary<BlockId, Mark> _base;
    private readonly Dictionary<BlockId, Mark> _over;
    private readonly bool[] _kinds;
    private BlockIndex? _also;

    private BlockIndex(long number, string chain, Dictionary<BlockId, Mark> start, Dictionary<BlockId, Mark> over, bool[] kinds) =>
        (Number, Chain, _base, _over, _kinds) = (number, chain, start, over, kinds);

    /// <summary>The number of the last change in it.</summary>
    public long Number { get; }

    /// <summary>The hash of the last change in it.</summary>
    public string Chain { get; }

    /// <summary>Starts from the parts of a base, read one after the other.</summary>
    /// <exception cref="CannotContinueException">They are not all parts of one.</exception>
    public static BlockIndex Of(IEnumerable<BlockBase> parts)
    {
        BlockBase? first = null;
        var (next, entries, kinds) = (1, new Dictionary<BlockId, Mark>(), new bool[4]);
        foreach (var part in parts)
        {
            first ??= part;
            if (part.Part != next++ || part.Number != first.Number || part.Chain != first.Chain || part.Parts != first.Parts || part.At != first.At || part.Environment != first.Environment)
            {
                throw BlockFindings.Refused("the parts of its base do not belong together");
            }

            entries.EnsureCapacity(entries.Count + (part.Entries.Count * (first.Parts - part.Part + 1)));
            foreach (var entry in part.Entries)
            {
                Put(entries, kinds, entry);
            }
        }

        return first is not null && next == first.Parts + 1
            ? new(first.Number, first.Chain, entries, [], kinds)
            : throw BlockFindings.Refused("its base is not whole");
    }

    /// <summary>The index behind these changes, which must follow without a hole; those that it has already are passed over.</summary>
    /// <param name="changes">Each with the hash of its bytes.</param>
    /// <exception cref="CannotContinueException">One is missing, or was put in another's place.</exception>
    public BlockIndex With(IEnumerable<(BlockChange Change, string Hash)> changes)
    {
        var (number, chain, over, kinds) = (Number, Chain, new Dictionary<BlockId, Mark>(_over), (bool[])_kinds.Clone());
        foreach (var (change, hash) in changes.Where(c => c.Change.Number > Number))
        {
            if (change.Number != number + 1 || change.Previous != chain)
            {
                throw BlockFindings.Refused($"change {change.Number} does not follow change {number}");
            }

            foreach (var text in change.Remove)
            {
                if (BlockId.TryParse(text, out var id))
                {
                    over[id] = Removed;
                }
            }

            foreach (var entry in change.Add)
            {
                Put(over, kinds, entry);
            }

            (number, chain) = (change.Number, hash);
        }

        return new(number, chain, _base, over, kinds);
    }

    /// <summary>An index that blocks what either blocks: for when nobody can tell what of the other was taken back.</summary>
    public BlockIndex Or(BlockIndex? other) => new(Number, Chain, _base, _over, _kinds) { _also = other?._also ?? other };

    /// <summary>Whether a token must be refused at that time.</summary>
    public bool Blocks(TokenFacts token, DateTimeOffset now) => _also?.Blocks(token, now) is true || IsNamed(token, now);

    private bool IsNamed(TokenFacts token, DateTimeOffset now) =>
        Blocks(BlockKind.SigningInput, token, token.SigningInputSha256, now)
        || Blocks(BlockKind.Token, token, token.Jti, now)
        || Blocks(BlockKind.Subject, token, token.Subject, now)
        || Blocks(BlockKind.Kid, token, token.Kid, now);

    private bool Blocks(BlockKind kind, TokenFacts token, string? value, DateTimeOffset now)
    {
        if (value is null || !_kinds[(int)kind])
        {
            return false;
        }

        var id = BlockId.Of(kind, token.Issuer, value);
        return (_over.TryGetValue(id, out var mark) || _base.TryGetValue(id, out mark))
            && mark.ExpiresAt > now.UtcTicks
            && (token.IssuedAt is not { } issued || issued.UtcTicks <= mark.IssuedBefore);
    }

    private static void Put(Dictionary<BlockId, Mark> into, bool[] kinds, BlockEntry entry)
    {
        kinds[(int)entry.Kind] = true;
        into[BlockId.Of(entry.Kind, entry.Issuer, entry.Value)] = new(entry.ExpiresAt.UtcTicks, entry.IssuedBefore?.UtcTicks ?? long.MaxValue);
    }

    /// <summary>Both in UTC ticks.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Mark(long ExpiresAt, long IssuedBefore);
}
