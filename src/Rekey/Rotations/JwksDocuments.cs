using System.Collections.Concurrent;
using System.Text.Json;
using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Each issuer's JWK Set among the published documents. They bear no signature, and follow the list.</summary>
internal sealed class JwksDocuments(IDocuments documents, Estate estate, IFindings findings, TimeProvider clock)
{
    private const int AtOnce = 16;

    /// <summary>Publishes those that are not as the list has them. Tells of one that stands under the list's own number, or a higher one, and says something else.</summary>
    /// <param name="before">The list that was followed up to now: where the two agree, only what is asked for is looked at. Null when nobody can tell.</param>
    /// <param name="lookAt">Issuers that are looked at in any case; null for all.</param>
    public async Task<Alteration?> FollowAsync(TrustList list, TrustList? before, IReadOnlySet<string>? lookAt, TrustHistory history, CancellationToken cancel)
    {
        var sets = estate.Issuers.Select(i => (Issuer: i, Content: TrustDocuments.Jwks(list, i.Name))).ToList();
        var due = before is null || lookAt is null ? sets
            : sets.Where(s => lookAt.Contains(s.Issuer.Name) || !s.Content.AsSpan().SequenceEqual(TrustDocuments.Jwks(before, s.Issuer.Name)));
        var altered = new ConcurrentBag<Alteration>();
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (set, limited) =>
        {
            if (await FollowAsync(set.Issuer, set.Content, list, history, limited) is { } found)
            {
                altered.Add(found);
            }
        });
        return altered.OrderByDescending(a => a.IsSuspect).ThenByDescending(a => a.Sequence).ThenBy(a => a.Name, StringComparer.Ordinal).FirstOrDefault();
    }

    private async Task<Alteration?> FollowAsync(IssuerBinding issuer, byte[] content, TrustList list, TrustHistory history, CancellationToken cancel)
    {
        var name = TrustDocuments.JwksName(issuer.Name);
        while (await documents.FindAsync(name, cancel) is var standing && standing?.Content.Span.SequenceEqual(content) != true)
        {
            var keys = standing is null ? [] : Thumbprints(standing.Content);
            if (standing is not null && standing.Sequence >= list.Sequence)
            {
                return new(name, standing.Sequence, "it is not the one that follows from the trust list", IsSuspect: keys?.SetEquals(Thumbprints(content)!) != true);
            }

            // An older one of ours has keys that the ledger knows.
            if (keys is null || keys.Any(k => estate.IsForeign(issuer, k, history)))
            {
                await findings.RaiseAsync(RotationFindings.ForeignKeyPublished(issuer, name, keys?.Where(k => estate.IsForeign(issuer, k, history)) ?? [], clock.GetUtcNow()), cancel);
            }

            // Lost to somebody else: look whether theirs is newer.
            await documents.PublishAsync(name, content, "application/jwk-set+json", list.Sequence, standing?.ETag, cancel);
        }

        return null;
    }

    /// <summary>Null when it is no JWK Set, or has a key of a kind that Rekey never publishes.</summary>
    private static HashSet<string>? Thumbprints(ReadOnlyMemory<byte> jwks)
    {
        try
        {
            using var document = JsonDocument.Parse(jwks);
            return [.. document.RootElement.GetProperty("keys").EnumerateArray().Select(k => k.Deserialize<PublicJwk>()!.Thumbprint)];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or CannotContinueException)
        {
            return null;
        }
    }
}
