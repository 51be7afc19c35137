using System.Text.Json;
using Rekey.Findings;
using Rekey.Publishing;
using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>Publishes the blocklist as signed documents, when it has changed or half of its validity has passed. Readers with any cursor
/// are served from these.</summary>
public sealed class PublishBlocklist : IDisposable
{
    private readonly ReadBlocklist _reader;
    private readonly BlockLedger _ledger;
    private readonly IDocumentSigner _signer;
    private readonly Estate _estate;
    private readonly IFindings _findings;
    private readonly TimeProvider _clock;
    private readonly SignBlocklist _sign;
    private readonly Publisher<PublishedChanges> _publisher;
    private Document? _changes;
    private Document? _base;

    /// <summary>The base whose signatures were checked last: they are many, and it rarely changes.</summary>
    private (string ETag, string Thumbprint)? _checked;

    public PublishBlocklist(ReadBlocklist reader, BlockLedger ledger, IDocuments documents, IDocumentSigner signer, Estate estate,
        IFindings findings, TrustOptions options, TimeProvider clock)
    {
        (_reader, _ledger, _signer, _estate, _findings, _clock) = (reader, ledger, signer, estate, findings, clock);
        _sign = new(reader, signer, estate, options, clock);
        _publisher = new(BlockDocuments.ChangesName, (_, cancel) => PublishOnceAsync(cancel), documents, findings, clock);
    }

    /// <summary>Returns when everything that stood in the ledger at the call is published.</summary>
    /// <exception cref="RetryLaterException">It cannot be published now.</exception>
    /// <exception cref="CannotContinueException">A piece of the list is lost, or the ledger lacks what the published list has.</exception>
    public Task PublishAsync(CancellationToken cancel) => _publisher.PublishAsync(afresh: true, cancel);

    public void Dispose() => _publisher.Dispose();

    private async Task<PublishedChanges?> PublishOnceAsync(CancellationToken cancel)
    {
        // 1. What is out there: read before the ledger, so that a list made from an older reading cannot replace a newer one.
        _changes = await _publisher.FindAsync(BlockDocuments.Changes, _changes, cancel);
        _base = await _publisher.FindAsync(BlockDocuments.Base, _base, cancel);

        // 2. What should be. A ledger that lacks what is out there was cut: then nothing is published.
        var (key, algorithm) = await _signer.DescribeAsync(cancel);
        var before = PublishedChanges.Parse(_changes);
        var head = before is null ? null : _sign.HeadOf(before, key, algorithm);
        var history = await _ledger.ReadAsync(cancel);
        if (head is not null && Contradiction(head, history) is { } contradiction)
        {
            await _publisher.RefuseAsync(contradiction, cancel);
        }

        // 3. What Rekey did not write last is replaced, and somebody must look.
        var standing = await _reader.ReadAsync(cancel);
        var isBase = IsBase(_base, standing.Base, key, algorithm);
        if (Alteration(head, isBase is not null, history) is { } altered)
        {
            if (await HasMovedAsync(cancel))
            {
                return null;
            }

            await _findings.RaiseAsync(DocumentFindings.Altered(altered.Name, altered.What, _clock.GetUtcNow()), cancel);
        }

        // 4. The base first: changes that start from one that nobody can read would be useless.
        if (isBase is not true && (await _sign.BaseAsync(standing.Base, cancel) is not { } made
            || await _publisher.PutAsync(BlockDocuments.Base, made.Bytes(), _base, cancel) is null))
        {
            return null;
        }

        // 5. The changes behind it: signed already, or now.
        var list = await _sign.ChangesAsync(standing, before, cancel);
        if (before is not null && before.Head == list.Head && before.Sequence == list.Sequence && before.Base == list.Base
            && before.Changes.SequenceEqual(list.Changes))
        {
            return list;
        }

        // 6. Out, unless somebody else was faster; and the ledger says what the world was told.
        var bytes = list.Bytes();
        if (await _publisher.PutAsync(BlockDocuments.Changes, bytes, _changes, cancel) is null)
        {
            return null;
        }

        await _ledger.PublishAsync(_estate.Environment, list, BlockDocuments.Hash(bytes), cancel);
        return list;
    }

    /// <summary>What the published list has that the ledger lacks. Changes stand in the ledger before anybody publishes them.</summary>
    private static string? Contradiction(BlockHead head, BlockHistory history) =>
        head.Number > history.Number
            ? $"blocklist {head.Number} is published and bears our signature, and the ledger knows of {history.Number}"
        : history.Changes.FirstOrDefault(c => c.Number == head.Number) is { } fact && fact.Hash != head.Chain
            ? $"change {head.Number} of the published blocklist is not the one on record"
        : null;

    private (string Name, string What)? Alteration(BlockHead? head, bool isBaseOurs, BlockHistory history) =>
        _changes is not null && head is null ? (BlockDocuments.ChangesName, "it is not signed with Rekey's present document key")
        : head?.Number < history.Published
            ? (BlockDocuments.ChangesName, $"it is number {head.Number}, and {history.Published} was published")
        : _base is not null && !isBaseOurs ? (BlockDocuments.BaseName, "it is not signed with Rekey's present document key")
        : PublishedBase.Parse(_base)?.Number < history.PublishedBase
            ? (BlockDocuments.BaseName, $"it is older than number {history.PublishedBase}, which was published")
        : null;

    private async Task<bool> HasMovedAsync(CancellationToken cancel) =>
        (await _publisher.FindAsync(BlockDocuments.Changes, _changes, cancel))?.ETag != _changes?.ETag
        || (await _publisher.FindAsync(BlockDocuments.Base, _base, cancel))?.ETag != _base?.ETag;

    /// <summary>Whether a document is this base; null when it is not one that our key has signed.</summary>
    private bool? IsBase(Document? document, BaseFact? fact, PublicJwk key, string algorithm)
    {
        if (PublishedBase.Parse(document) is not { Parts: [_, ..] } published)
        {
            return null;
        }

        var (mark, isNumber) = ((document!.ETag, key.Thumbprint), published.Number == (fact?.Number ?? 0));
        if (_checked == mark && isNumber)
        {
            return true;
        }

        var payloads = published.Parts.Select(p => SignBlocklist.Open(p, BlockDocuments.BaseType, key, algorithm)).ToList();
        var isOurs = !payloads.Contains(null);
        var isOut = isOurs && isNumber && (fact is null ? IsEmpty(payloads)
            : fact.Hashes.SequenceEqual(payloads.Select(p => BlockDocuments.Hash(p))));
        _checked = isOut ? mark : null;
        return isOurs ? isOut : null;
    }

    private static bool IsEmpty(List<byte[]?> payloads)
    {
        try
        {
            return payloads is [{ } only] && BlockDocuments.ReadBase(only) is { Number: 0, Parts: 1, Entries.Count: 0 };
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
