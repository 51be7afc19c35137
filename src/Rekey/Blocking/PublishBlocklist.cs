using System.Text;
using System.Text.Json;
using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>
/// Publishes the blocklist as signed documents, when it has changed. Each change and each part of the base is signed once in its life; readers
/// with any cursor are served from these. Callers that come while a publication runs share the next one.
/// </summary>
public sealed class PublishBlocklist(ReadBlocklist reader, BlockLedger ledger, IDocuments documents, IDocumentSigner signer, Estate estate, TimeProvider clock) : IDisposable
{
    private const string ContentType = "application/json";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _asked;
    private long _served;

    /// <summary>The base whose signatures were checked last: they are many, and it rarely changes.</summary>
    private (string ETag, string Thumbprint)? _checked;

    /// <summary>Changes whose signatures by this key are known to be good, with the hashes of what they carry.</summary>
    private (string Thumbprint, Dictionary<string, string> Hashes) _known = ("", []);

    /// <summary>Returns when everything that stood in the ledger at the call is published.</summary>
    public async Task PublishAsync(CancellationToken cancel)
    {
        var ticket = Interlocked.Increment(ref _asked);
        await _turn.WaitAsync(cancel);
        try
        {
            if (_served < ticket)
            {
                var upTo = Interlocked.Read(ref _asked);
                while (!await TryPublishAsync(cancel))
                {
                    // Somebody else published meanwhile: look whether anything is left to say.
                }

                _served = upTo;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<bool> TryPublishAsync(CancellationToken cancel)
    {
        // 1. What is out there: read before the ledger, so that a list made from an older reading cannot replace a newer one.
        var changesOut = await documents.FindAsync(BlockDocuments.ChangesName, cancel);
        var baseOut = await documents.FindAsync(BlockDocuments.BaseName, cancel);

        // 2. What should be.
        var standing = await reader.ReadAsync(cancel);
        var (key, algorithm) = await signer.DescribeAsync(cancel);

        // 3. The base first: changes that start from one that nobody can read would be useless.
        if (!IsOut(baseOut, standing.Base, key, algorithm) && !await PublishBaseAsync(baseOut, standing.Base, cancel))
        {
            return false;
        }

        // 4. The changes behind it: signed already, or now.
        var before = PublishedChanges.Parse(changesOut);
        var signed = Known(before?.Changes ?? [], key, algorithm);
        var changes = new List<string>(standing.Changes.Count);
        foreach (var change in standing.Changes)
        {
            changes.Add(signed.GetValueOrDefault(change.Fact.Hash) ?? await SignAsync(change.Bytes, BlockDocuments.ChangeType, cancel));
        }

        var list = new PublishedChanges(standing.List.Number, standing.Base?.Number ?? 0, changes);
        if (before is not null && before.Sequence == list.Sequence && before.Base == list.Base && before.Changes.SequenceEqual(list.Changes))
        {
            return true;
        }

        // 5. Out, unless somebody else was faster; and the ledger says what the world was told.
        var bytes = list.Bytes();
        var sequence = (changesOut?.Sequence ?? 0) + 1;
        if (await documents.PublishAsync(BlockDocuments.ChangesName, bytes, ContentType, sequence, changesOut?.ETag, cancel) is null)
        {
            return false;
        }

        await ledger.PublishAsync(estate.Environment, sequence, list, BlockDocuments.Hash(bytes), cancel);
        return true;
    }

    /// <summary>The changes out there that bear our signature, by the hash of what they carry.</summary>
    private Dictionary<string, string> Known(IReadOnlyList<string> published, PublicJwk key, string algorithm)
    {
        var known = _known.Thumbprint == key.Thumbprint ? _known.Hashes : [];
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var jws in published)
        {
            var hash = known.GetValueOrDefault(jws) ?? (Open(jws, BlockDocuments.ChangeType, key, algorithm) is { } payload ? BlockDocuments.Hash(payload) : null);
            if (hash is not null)
            {
                hashes[jws] = hash;
            }
        }

        _known = (key.Thumbprint, hashes);
        return hashes.GroupBy(h => h.Value, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Key, StringComparer.Ordinal);
    }

    private bool IsOut(Document? document, BaseFact? fact, PublicJwk key, string algorithm)
    {
        if (PublishedBase.Parse(document) is not { } published || published.Number != (fact?.Number ?? 0))
        {
            return false;
        }

        var mark = (document!.ETag, key.Thumbprint);
        if (_checked == mark)
        {
            return true;
        }

        var payloads = published.Parts.Select(p => Open(p, BlockDocuments.BaseType, key, algorithm)).ToList();
        var isOut = !payloads.Contains(null) && (fact is null ? IsEmpty(payloads) : fact.Hashes.SequenceEqual(payloads.Select(p => BlockDocuments.Hash(p))));
        _checked = isOut ? mark : null;
        return isOut;
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

    private async Task<bool> PublishBaseAsync(Document? replaces, BaseFact? fact, CancellationToken cancel)
    {
        var parts = fact is null
            ? Blocklist.Empty.ToBase(estate.Environment, clock.GetUtcNow()).Select(BlockDocuments.Bytes).ToList()
            : await reader.ReadBaseAsync(fact, cancel);
        if (parts is null)
        {
            return false;
        }

        var signed = new List<string>(parts.Count);
        foreach (var part in parts)
        {
            signed.Add(await SignAsync(part, BlockDocuments.BaseType, cancel));
        }

        return await documents.PublishAsync(BlockDocuments.BaseName, new PublishedBase(fact?.Number ?? 0, signed).Bytes(), ContentType, (replaces?.Sequence ?? 0) + 1, replaces?.ETag, cancel) is not null;
    }

    private async Task<string> SignAsync(byte[] payload, string type, CancellationToken cancel) =>
        Encoding.ASCII.GetString(await SignedDocument.SignAsync(signer, type, payload, cancel));

    private static byte[]? Open(string jws, string type, PublicJwk key, string algorithm)
    {
        try
        {
            return SignedDocument.Open(Encoding.ASCII.GetBytes(jws), type, key, algorithm);
        }
        catch (CannotContinueException)
        {
            // Not ours, or of an earlier key: signed anew.
            return null;
        }
    }
}
