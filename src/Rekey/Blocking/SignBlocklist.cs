using System.Text;
using System.Text.Json;
using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>
/// Signs the blocklist as it stands. Each change and each part of the base is signed once in its life; the head anew with each change, and
/// when half of its validity has passed.
/// </summary>
public sealed class SignBlocklist(ReadBlocklist reader, IDocumentSigner signer, Estate estate, TrustOptions options, TimeProvider clock)
{
    /// <summary>Changes whose signatures by this key are known to be good, with the hashes of what they carry.</summary>
    private (string Thumbprint, Dictionary<string, string> Hashes) _known = ("", []);

    /// <summary>The base; null when the ledger has meanwhile moved on.</summary>
    public async Task<PublishedBase?> BaseAsync(BaseFact? fact, CancellationToken cancel)
    {
        var parts = fact is null
            ? Blocklist.Empty.ToBase(estate.Environment, clock.GetUtcNow()).Select(BlockDocuments.Bytes).ToList()
            : await reader.ReadBaseAsync(fact, cancel);
        if (parts is null)
        {
            return null;
        }

        var jws = new List<string>(parts.Count);
        foreach (var part in parts)
        {
            jws.Add(await SignAsync(part, BlockDocuments.BaseType, cancel));
        }

        return new(fact?.Number ?? 0, jws);
    }

    /// <summary>The changes behind the base, and the head.</summary>
    /// <param name="before">What is published; its signatures are used again where they are good.</param>
    public async Task<PublishedChanges> ChangesAsync(StandingBlocklist standing, PublishedChanges? before, CancellationToken cancel)
    {
        var (key, algorithm) = await signer.DescribeAsync(cancel);
        var known = Known(before?.Changes ?? [], key, algorithm);
        var changes = new List<string>(standing.Changes.Count);
        foreach (var change in standing.Changes)
        {
            changes.Add(known.GetValueOrDefault(change.Fact.Hash) ?? await SignAsync(change.Bytes, BlockDocuments.ChangeType, cancel));
        }

        var (list, now) = (standing.List, clock.GetUtcNow());
        var stays = before is not null && HeadOf(before, key, algorithm) is { } head && head.Number == list.Number
            && head.Chain == list.Chain && now < head.ValidUntil - (options.ListValidity / 2);
        return new(list.Number, standing.Base?.Number ?? 0, changes)
        {
            Head = stays ? before!.Head : await SignAsync(
                BlockDocuments.Bytes(new BlockHead(estate.Environment, list.Number, list.Chain, now, now + options.ListValidity)),
                BlockDocuments.HeadType, cancel),
        };
    }

    /// <summary>The head, if this key has signed it for this environment.</summary>
    public BlockHead? HeadOf(PublishedChanges published, PublicJwk key, string algorithm)
    {
        try
        {
            return Open(published.Head, BlockDocuments.HeadType, key, algorithm) is { } payload
                && BlockDocuments.ReadHead(payload) is var head && head.Environment == estate.Environment ? head : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What a JWS carries; null when this key has not signed it as that.</summary>
    internal static byte[]? Open(string jws, string type, PublicJwk key, string algorithm)
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

    /// <summary>The changes out there that bear our signature, by the hash of what they carry.</summary>
    private Dictionary<string, string> Known(IReadOnlyList<string> published, PublicJwk key, string algorithm)
    {
        var known = _known.Thumbprint == key.Thumbprint ? _known.Hashes : [];
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var jws in published)
        {
            var hash = known.GetValueOrDefault(jws)
                ?? (Open(jws, BlockDocuments.ChangeType, key, algorithm) is { } payload ? BlockDocuments.Hash(payload) : null);
            if (hash is not null)
            {
                hashes[jws] = hash;
            }
        }

        _known = (key.Thumbprint, hashes);
        return hashes.GroupBy(h => h.Value, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Key, StringComparer.Ordinal);
    }

    private async Task<string> SignAsync(byte[] payload, string type, CancellationToken cancel) =>
        Encoding.ASCII.GetString(await SignedDocument.SignAsync(signer, type, payload, cancel));
}
