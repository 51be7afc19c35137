using System.Text;
using Rekey.Blocking;
using Rekey.Findings;
using Rekey.Functions.Trust;
using Rekey.Trust;

namespace Rekey.Functions.Blocking;

/// <summary>The published blocklist in one state, opened and checked.</summary>
/// <param name="Document">Where the changes come from.</param>
/// <param name="BaseDocument">Where the base comes from.</param>
/// <param name="BaseNumber">The number behind which the base was made; it lies among the changes or just before them.</param>
public sealed record BlocklistView(Document Document, PublishedChanges Changes, Document BaseDocument, long BaseNumber, BlockIndex Index)
{
    /// <summary>The replies that were made of it.</summary>
    public BlocklistReplies Replies { get; } = new();
}

/// <summary>
/// The published blocklist, as this instance serves it and judges by it. Every change and every part of the base must bear our signature
/// and follow the one before: whoever can write to the container can neither add nor leave out. Nor can they stop every login: a list that
/// is refused leaves the last good one in force for <see cref="TrustOptions.StaleTime"/>, and is a finding at once.
/// </summary>
public sealed class PublishedBlocklist(
    PublishedDocuments documents, IDocumentSigner signer, Estate estate, TrustOptions options, IFindings findings, TimeProvider clock,
    ILogger<PublishedBlocklist> log) : IDisposable
{
    private readonly LastGood<BlocklistView> _list =
        new("blocklist", (why, now) => BlockFindings.Refused(estate.Environment, why, options.StaleTime, now), options, findings,
        clock, log);

    /// <summary>The list as it is published now; the last good one for a while after another was refused.</summary>
    /// <exception cref="RetryLaterException">None was published yet, or it cannot be read: nobody can tell who is blocked.</exception>
    public async ValueTask<BlocklistView> ViewAsync(CancellationToken cancel) =>
        await _list.GetAsync(await documents.FindAsync(BlockDocuments.ChangesName, cancel),
            (document, before) => OpenAsync(document, before, cancel), cancel);

    public void Dispose() => _list.Dispose();

    private async Task<BlocklistView> OpenAsync(Document document, BlocklistView? before, CancellationToken cancel)
    {
        var changes = PublishedChanges.Parse(document) ?? throw Refused("it cannot be read");
        if (changes.Sequence < before?.Index.Number)
        {
            throw new RetryLaterException($"It has gone back from {before.Index.Number} to {changes.Sequence}: somebody replaced it.");
        }

        var (key, algorithm) = await signer.DescribeAsync(cancel);
        byte[] Open(string jws, string type) => SignedDocument.Open(Encoding.ASCII.GetBytes(jws), type, key, algorithm);

        // Where this instance stands already, only what is new is opened; a new base is the same list.
        var (index, baseDocument, baseNumber) = before is not null && before.BaseNumber >= changes.Base
            ? (before.Index, before.BaseDocument, before.BaseNumber)
            : await BaseAsync(changes, before, Open, cancel);
        var next = index.With(changes.Changes.Skip((int)Math.Max(0, index.Number - changes.Base))
            .Select(c => Open(c, BlockDocuments.ChangeType)).Select(b => (Own(BlockDocuments.ReadChange(b)), BlockDocuments.Hash(b))));
        return next.Number == changes.Sequence ? new(document, changes, baseDocument, baseNumber, next)
            : throw Refused("changes are missing");
    }

    private async Task<(BlockIndex Index, Document Document, long Number)> BaseAsync(
        PublishedChanges changes, BlocklistView? before, Func<string, string, byte[]> open, CancellationToken cancel)
    {
        foreach (var anew in new[] { false, true })
        {
            var document = await documents.FindAsync(BlockDocuments.BaseName, cancel, anew)
                ?? throw new RetryLaterException("The blocklist's base was not published yet.");
            var parts = PublishedBase.Parse(document)?.Parts is [_, ..] published ? published : throw Refused("its base cannot be read");
            BlockBase Part(string jws) => BlockDocuments.ReadBase(open(jws, BlockDocuments.BaseType)) is var part
                && part.Environment == estate.Environment ? part : throw Refused("it is another environment's");
            var number = Part(parts[0]).Number;
            if (number >= changes.Base && number <= changes.Sequence)
            {
                // The index here may be further already; what it would be made of again is the same.
                return (before?.Index.Number >= number ? before.Index : BlockIndex.Of(parts.Select(Part)), document, number);
            }
        }

        throw Refused("its base and its changes do not meet");
    }

    private BlockChange Own(BlockChange change) =>
        change.Environment == estate.Environment ? change : throw Refused("it is another environment's");

    private static CannotContinueException Refused(string why) =>
        new("blocklist-refused", $"The published blocklist is refused: {why}.",
        "See who can write to the container of published documents.");
}
