using Rekey.Blocking;
using Rekey.Trust;

namespace Rekey.Functions.Blocking;

/// <summary>The blocklist as this instance serves it.</summary>
/// <param name="Index">What is asked about tokens.</param>
/// <param name="Published">The signed list; null when no whole one could be made: then it is only judged by.</param>
/// <param name="MadeOf">What the ledger named when it was made here; null when it stood in the container.</param>
public sealed record BlocklistView(BlockIndex Index, SignedBlocklist? Published, BlockHistory? MadeOf);

/// <summary>A blocklist whose signatures were checked.</summary>
/// <param name="Document">Where the changes come from.</param>
/// <param name="BaseDocument">Where the base comes from.</param>
/// <param name="BaseNumber">The number behind which the base was made; it lies among the changes or just before them.</param>
public sealed record SignedBlocklist(Document Document, PublishedChanges Changes, BlockHead Head, Document BaseDocument, long BaseNumber)
{
    /// <summary>The replies that were made of it.</summary>
    public BlocklistReplies Replies { get; } = new();

    /// <summary>Whether this is a list that was checked before with more changes behind it, or another base under it.</summary>
    public bool GoesOn(SignedBlocklist known) =>
        Changes.Base >= known.Changes.Base && Changes.Base <= known.Changes.Sequence && Changes.Sequence >= known.Changes.Sequence
        && known.Changes.Changes.Skip((int)(Changes.Base - known.Changes.Base))
            .SequenceEqual(Changes.Changes.Take((int)(known.Changes.Sequence - Changes.Base)));
}
