using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Rekey.Blocking;
using Rekey.Blocking.Publishing;
using Rekey.Tests.Doubles;
using Rekey.Trust.Documents;

namespace Rekey.Tests.Blocking;

/// <summary>What a verifier makes of the published document: a signature by the pinned key, for its environment, and not past its
/// time.</summary>
internal static class BlockingGateway
{
    private static readonly ConditionalWeakTable<Company, ConcurrentDictionary<string, PublishedBlocks>> Opened = [];

    /// <summary>The list as it is published.</summary>
    public static PublishedBlocks Published(Company company)
    {
        var document = company.Container.Current[BlockDocuments.Name].Content;
        var published = Opened
            .GetOrCreateValue(company)
            .GetOrAdd(BlockDocuments.Hash(document.Span), _ =>
                BlockDocuments.ReadPublished(SignedDocument.Open(document.Span, BlockDocuments.Type, company.Signer.Public, "ES256"))
            );
        Assert.Equal("prod", published.Environment);
        Assert.True(company.Now < published.ValidUntil);
        return published;
    }

    public static Blocklist Full(Company company) => Published(company).List;

    /// <summary>The entries that count now, as text that can be compared.</summary>
    public static string Text(Blocklist list, DateTimeOffset now) =>
        string.Join('\n', list.At(now).Select(e => e.ToString()).Order(StringComparer.Ordinal));
}
