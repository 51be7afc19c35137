using System.Text;
using System.Text.Json;
using Rekey.Blocking;
using Rekey.Findings;
using Rekey.Functions.Trust;
using Rekey.Trust;

namespace Rekey.Functions.Blocking;

/// <summary>
/// The blocklist, as this instance serves it and judges by it: the signed one in the container, if its number is not below the ledger's.
/// Where the container has none such, it is made of the pieces that the ledger names, as far as they can be read.
/// </summary>
public sealed class PublishedBlocklist
{
    private readonly LedgerStanding _ledger;
    private readonly ReadBlocklist _reader;
    private readonly IDocuments _documents;
    private readonly IDocumentSigner _signer;
    private readonly Estate _estate;
    private readonly TrustOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly SignBlocklist _sign;
    private readonly Refusals _refusals;
    private readonly Refreshed<BlocklistView> _view;
    private Document? _changes;
    private Document? _base;

    public PublishedBlocklist(LedgerStanding ledger, ReadBlocklist reader, IDocuments documents, IDocumentSigner signer, Estate estate,
        TrustOptions options, IFindings findings, TimeProvider clock, ILogger<PublishedBlocklist> log)
    {
        (_ledger, _reader, _documents, _signer) = (ledger, reader, documents, signer);
        (_estate, _options, _clock, _log) = (estate, options, clock, log);
        _sign = new(reader, signer, estate, options, clock);
        _refusals = new((why, now) => BlockFindings.Refused(estate.Environment, why, now), findings, clock, log);
        _view = new("blocklist", ReadAsync, options.InstanceCache, clock, log);
    }

    /// <summary>The list as it is now.</summary>
    /// <exception cref="RetryLaterException">None was published yet, or none may still be used: nobody can tell who is blocked.</exception>
    public ValueTask<BlocklistView> ViewAsync(CancellationToken cancel) => _view.GetAsync(cancel);

    private async Task<(BlocklistView View, DateTimeOffset Until)> ReadAsync(BlocklistView? before, CancellationToken cancel)
    {
        // 1. The floor, and what stands in the container.
        var ledger = await _ledger.NowAsync(cancel);
        var (history, now) = (ledger.Blocks, _clock.GetUtcNow());
        try
        {
            var stored = await StoredAsync(before?.Published, cancel);
            var index = await CheckAsync(stored, before, now, cancel);
            if (index.Number >= Math.Max(history.Number, before?.Index.Number ?? 0))
            {
                await _refusals.GoodAsync();
                var good = ReferenceEquals(stored, before?.Published) ? before! : new(index, stored, MadeOf: null);
                return (good, Until(now, stored.Head));
            }

            // A change that was just made is on its way out; what is older than what went out was put there by somebody.
            if (index.Number < Math.Max(history.Published ?? 0, before?.Index.Number ?? 0))
            {
                await _refusals.RefusedAsync($"It is number {index.Number}, and {history.Published} was published: somebody replaced it.");
            }
        }
        catch (Exception e) when (e is CannotContinueException or JsonException)
        {
            if (history.Published is not null || before is not null)
            {
                await _refusals.RefusedAsync(e.Message);
            }
        }
        catch (RetryLaterException e)
        {
            _log.LogError("The published blocklist cannot be read. Reason: {Reason}", e.Message);
        }

        // 2. Otherwise the ledger says what holds.
        if (history is { Published: null, Number: 0 })
        {
            throw new RetryLaterException("No blocklist was published yet.");
        }

        var made = before?.Published is { } own && own.Head.Number >= history.Number && now < own.Head.ValidUntil
            ? before with { MadeOf = history }
            : await MakeAsync(before, history, now, cancel);
        return (made, Until(ledger.ReadAt, made.Published?.Head));
    }

    /// <summary>What stands in the container; the same as before when it is the same.</summary>
    private async Task<SignedBlocklist> StoredAsync(SignedBlocklist? before, CancellationToken cancel)
    {
        var document = _changes = await _documents.FindAsync(BlockDocuments.Changes, _changes, cancel) ?? throw Refused("there is none");
        if (ReferenceEquals(document, before?.Document))
        {
            return before;
        }

        var changes = PublishedChanges.Parse(document) ?? throw Refused("it cannot be read");
        var (key, algorithm) = await _signer.DescribeAsync(cancel);
        var head = _sign.HeadOf(changes, key, algorithm) ?? throw Refused("our key has not signed its head");

        // Where this instance stands already, only what is new is opened; a new base is the same list.
        if (before is not null && before.BaseNumber >= changes.Base && before.BaseNumber <= changes.Sequence)
        {
            return new(document, changes, head, before.BaseDocument, before.BaseNumber);
        }

        _base = await _documents.FindAsync(BlockDocuments.Base, _base, cancel) ?? throw Refused("its base is gone");
        var number = PublishedBase.Parse(_base) is { Parts: [_, ..] } published ? published.Number
            : throw Refused("its base cannot be read");
        return number >= changes.Base && number <= changes.Sequence ? new(document, changes, head, _base, number)
            : throw Refused("its base and its changes do not meet");
    }

    /// <summary>The index that a list makes, its signatures checked. What was checked for the last one is not checked again.</summary>
    private async Task<BlockIndex> CheckAsync(SignedBlocklist list, BlocklistView? before, DateTimeOffset now, CancellationToken cancel)
    {
        if (list.Head.ValidUntil <= now)
        {
            throw Refused($"it was valid until {list.Head.ValidUntil:O}");
        }

        if (before is not null && ReferenceEquals(list, before.Published))
        {
            return before.Index;
        }

        var (key, algorithm) = await _signer.DescribeAsync(cancel);
        byte[] Open(string jws, string type) => SignedDocument.Open(Encoding.ASCII.GetBytes(jws), type, key, algorithm);
        BlockBase Part(string jws) => BlockDocuments.ReadBase(Open(jws, BlockDocuments.BaseType)) is var part
            && part.Environment == _estate.Environment ? part : throw Refused("it is another environment's");
        var start = before?.Published is { } known && list.GoesOn(known) ? before.Index
            : BlockIndex.Of(PublishedBase.Parse(list.BaseDocument)!.Parts.Select(Part));
        var next = start.With(list.Changes.Changes.Skip((int)(start.Number - list.Changes.Base))
            .Select(c => Open(c, BlockDocuments.ChangeType)).Select(b => (Own(BlockDocuments.ReadChange(b)), BlockDocuments.Hash(b))));
        return next.Number == list.Head.Number && next.Chain == list.Head.Chain && next.Number == list.Changes.Sequence ? next
            : throw Refused("changes are missing");
    }

    private BlockChange Own(BlockChange change) =>
        change.Environment == _estate.Environment ? change : throw Refused("it is another environment's");

    private async Task<BlocklistView> MakeAsync(BlocklistView? before, BlockHistory history, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var standing = await _reader.ReadAsync(cancel);
            var number = standing.Base?.Number ?? 0;
            var start = before?.Published is { } known && known.BaseNumber == number ? known.BaseDocument
                : await _sign.BaseAsync(standing.Base, cancel) is { } parts ? new(parts.Bytes(), $"made here: {number}")
                : throw new RetryLaterException("The blocklist has moved on.");
            var changes = await _sign.ChangesAsync(standing, before?.Published?.Changes ?? PublishedChanges.Parse(_changes), cancel);
            var (key, algorithm) = await _signer.DescribeAsync(cancel);
            var bytes = changes.Bytes();
            var head = _sign.HeadOf(changes, key, algorithm)!;
            var list = new SignedBlocklist(new(bytes, BlockDocuments.Hash(bytes)), changes, head, start, number);
            _log.LogWarning("The blocklist is made of its pieces and served from memory. Number: {Number}", changes.Sequence);
            return new(await CheckAsync(list, before, now, cancel), list, history);
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            var (readable, lost) = await _reader.ReadWhatCanBeAsync(cancel);
            _log.LogError("The blocklist is judged by, not served: no whole one can be made. Lost: {Lost}. Reason: {Reason}",
                lost.Count, e.Message);
            return new(BlockIndex.Of(readable.ToBase(_estate.Environment, now)).Or(before?.Index), Published: null, history);
        }
    }

    private DateTimeOffset Until(DateTimeOffset knownAt, BlockHead? head)
    {
        var stale = knownAt + _options.InstanceCache + _options.StaleTime;
        return head is null || stale < head.ValidUntil ? stale : head.ValidUntil;
    }

    private static CannotContinueException Refused(string why) =>
        new("blocklist-refused", $"The published blocklist is refused: {why}.",
        "See who can write to the container of published documents.");
}
