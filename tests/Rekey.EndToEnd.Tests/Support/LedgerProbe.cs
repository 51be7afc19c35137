using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Rekey.Ledgers;
using Rekey.Ledgers.Segments;
using Rekey.Local.Worlds;

namespace Rekey.EndToEnd.Tests.Support;

/// <summary>Reads the ledger as an auditor does: the blobs, in order, each line held against the one before.</summary>
internal static class LedgerProbe
{
    public static async Task<IReadOnlyList<LedgerLine>> LedgerAsync(this LocalCompany company)
    {
        var cancel = TestContext.Current.CancellationToken;
        var container = new BlobContainerClient(company.World.EvidenceConnection, "ledger");
        var verifier = new LedgerVerifier();
        var lines = new List<LedgerLine>();
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions(), cancel))
        {
            var content = await container.GetBlobClient(blob.Name).DownloadContentAsync(cancel);
            lines.AddRange(verifier.Take(content.Value.Content.ToMemory()));
        }

        Assert.Equal(lines.Count, verifier.Number);
        return lines;
    }

    /// <summary>Lines of a kind about a key.</summary>
    public static IEnumerable<LedgerLine> About(this IEnumerable<LedgerLine> lines, LocalCompany company, WorldKey key, string kind) =>
        lines.Where(l => l.Entry.Kind == kind && l.Entry.About == company.KeyId(key));

    /// <summary>Versions that Rekey made and trusted, the baseline's not among them.</summary>
    public static IReadOnlyList<string> Rotated(this IEnumerable<LedgerLine> lines, LocalCompany company, WorldKey key) =>
        [
            .. lines
                .About(company, key, LedgerKinds.VersionTrusted)
                .Where(l => !l.Entry.Facts["basis"].StartsWith("baseline/", StringComparison.Ordinal))
                .Select(l => l.Entry.Facts["version"]),
        ];

    /// <summary>Findings of a kind whose subject begins with the key's id.</summary>
    public static IReadOnlyList<LedgerLine> Findings(this IEnumerable<LedgerLine> lines, LocalCompany company, WorldKey key, string kind) =>
        [
            .. lines.Where(l =>
                l.Entry.Kind == LedgerKinds.FindingRaised
                && l.Entry.Facts["kind"] == kind
                && l.Entry.About.StartsWith(company.KeyId(key), StringComparison.Ordinal)
            ),
        ];
}
