using System.Text;
using System.Text.Json;
using Rekey.Blocking;
using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Functions;

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
/// The published blocklist, as this instance serves it and judges by it. Every change and every part of the base must bear our signature and
/// follow the one before: whoever can write to the container can neither add nor leave out. Nor can they stop every login: a list that is refused leaves the
/// last good one in force for <see cref="TrustOptions.StaleTime"/>, and is a finding at once.
/// </summary>
public sealed class PublishedBlocklist(PublishedDocuments documents, IDocumentSigner signer, Estate estate, TrustOptions options, IFindings findings, TimeProvider clock, ILogger<PublishedBlocklist> log) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private BlocklistView? _view;
    private Refusal? _refusal;

    /// <summary>The list as it is published now; the last good one for a while after another was refused.</summary>
    /// <exception cref="RetryLaterException">None was published yet, or it cannot be read: nobody can tell who is blocked.</exception>
    public async ValueTask<BlocklistView> ViewAsync(CancellationToken cancel)
    {
        var document = await documents.FindAsync(BlockDocuments.ChangesName, cancel) ?? throw new RetryLaterException("No blocklist was published yet.");
        if (IsOpen(document) is { } view)
        {
            return view;
        }

        await _turn.WaitAsync(cancel);
        try
        {
            return IsOpen(document) ?? await TryOpenAsync(document, cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The view that this document leads to without being opened; null when it must be.</summary>
    private BlocklistView? IsOpen(Document document)
    {
        var (view, refusal) = (_view, _refusal);
        if (view is not null && ReferenceEquals(view.Document, document))
        {
            return view;
        }

        // What was refused a moment ago is not opened again for every caller.
        return view is not null && refusal is not null && ReferenceEquals(refusal.Document, document) && clock.GetUtcNow() - refusal.TriedAt < options.InstanceCache && StandsIn(refusal) ? view : null;
    }

    private bool StandsIn(Refusal refusal) => clock.GetUtcNow() - refusal.Since < options.StaleTime;

    private async Task<BlocklistView> TryOpenAsync(Document document, CancellationToken cancel)
    {
        try
        {
            var opened = _view = await OpenAsync(document, _view, cancel);
            if (_refusal is not null)
            {
                _refusal = null;
                await TellAsync(() => findings.CloseAsync(Finding.IdOf(BlockFindings.RefusedKind, estate.Environment), "A list that bears our signature and follows the one before is published again.", cancel));
            }

            return opened;
        }
        catch (RetryLaterException e) when (_view is not null)
        {
            var (before, now) = (_refusal, clock.GetUtcNow());
            var refusal = _refusal = new(document, before?.Since ?? now, now);
            log.LogError("The published blocklist is refused; the last good one stands in for {StaleTime} since {Since}. Reason: {Reason}", options.StaleTime, refusal.Since, e.Message);
            if (before is null)
            {
                await TellAsync(() => findings.RaiseAsync(BlockFindings.Refused(estate.Environment, e.Message, options.StaleTime, now), cancel));
            }

            return StandsIn(refusal) ? _view : throw new RetryLaterException(e.Message, inner: e);
        }
    }

    /// <summary>Nobody waits at a door because a finding cannot be written: the log has it.</summary>
    private async Task TellAsync(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (RetryLaterException e)
        {
            log.LogError("A finding about the published blocklist could not be kept. Reason: {Reason}", e.Message);
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<BlocklistView> OpenAsync(Document document, BlocklistView? before, CancellationToken cancel)
    {
        var changes = PublishedChanges.Parse(document) ?? throw Refused("it cannot be read");
        if (changes.Sequence < before?.Index.Number)
        {
            throw new RetryLaterException($"The published blocklist has gone back from {before.Index.Number} to {changes.Sequence}: somebody replaced it.");
        }

        try
        {
            var (key, algorithm) = await signer.DescribeAsync(cancel);
            byte[] Open(string jws, string type) => SignedDocument.Open(Encoding.ASCII.GetBytes(jws), type, key, algorithm);

            // Where this instance stands already, only what is new is opened; a new base is the same list.
            var (index, baseDocument, baseNumber) = before is not null && before.BaseNumber >= changes.Base
                ? (before.Index, before.BaseDocument, before.BaseNumber)
                : await BaseAsync(changes, before, Open, cancel);
            var next = index.With(changes.Changes.Skip((int)Math.Max(0, index.Number - changes.Base)).Select(c => Open(c, BlockDocuments.ChangeType)).Select(b => (Own(BlockDocuments.ReadChange(b)), BlockDocuments.Hash(b))));
            return next.Number == changes.Sequence ? new(document, changes, baseDocument, baseNumber, next) : throw Refused("changes are missing");
        }
        catch (Exception e) when (e is CannotContinueException or JsonException)
        {
            // Published again within a minute; until then nobody can tell who is blocked.
            throw new RetryLaterException($"The published blocklist cannot be used: {e.Message}", inner: e);
        }
    }

    private async Task<(BlockIndex Index, Document Document, long Number)> BaseAsync(PublishedChanges changes, BlocklistView? before, Func<string, string, byte[]> open, CancellationToken cancel)
    {
        foreach (var anew in new[] { false, true })
        {
            var document = await documents.FindAsync(BlockDocuments.BaseName, cancel, anew) ?? throw new RetryLaterException("The blocklist's base was not published yet.");
            var parts = PublishedBase.Parse(document)?.Parts is [_, ..] published ? published : throw Refused("its base cannot be read");
            BlockBase Part(string jws) => BlockDocuments.ReadBase(open(jws, BlockDocuments.BaseType)) is var part && part.Environment == estate.Environment ? part : throw Refused("it is another environment's");
            var number = Part(parts[0]).Number;
            if (number >= changes.Base && number <= changes.Sequence)
            {
                // The index here may be further already; what it would be made of again is the same.
                return (before?.Index.Number >= number ? before.Index : BlockIndex.Of(parts.Select(Part)), document, number);
            }
        }

        throw Refused("its base and its changes do not meet");
    }

    private BlockChange Own(BlockChange change) => change.Environment == estate.Environment ? change : throw Refused("it is another environment's");

    /// <param name="Since">When a list was first refused, since the last good one.</param>
    /// <param name="TriedAt">When it was last tried.</param>
    private sealed record Refusal(Document Document, DateTimeOffset Since, DateTimeOffset TriedAt);

    private static CannotContinueException Refused(string why) => new("blocklist-refused", $"The published blocklist is refused: {why}.", "See who can write to the container of published documents.");
}
