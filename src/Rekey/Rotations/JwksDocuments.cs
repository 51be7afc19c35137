using System.Text.Json;
using Rekey.Findings;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Each issuer's JWK Set among the published documents. They bear no signature, and follow the list.</summary>
internal sealed class JwksDocuments(IDocuments documents, Estate estate, IFindings findings, TimeProvider clock)
{
    /// <summary>Publishes those that are not as the list has them. Stops at one that stands under the list's own number, or a higher one, and says something else.</summary>
    public async Task<Alteration?> FollowAsync(TrustList list, TrustHistory history, CancellationToken cancel)
    {
        foreach (var issuer in estate.Issuers)
        {
            var name = TrustDocuments.JwksName(issuer.Name);
            var content = TrustDocuments.Jwks(list, issuer.Name);
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
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
