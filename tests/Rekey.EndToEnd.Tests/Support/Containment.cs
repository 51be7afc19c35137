using Rekey.Ledgers;
using Rekey.Local.Worlds;
using Rekey.Trust.Lists;

namespace Rekey.EndToEnd.Tests.Support;

/// <summary>What has to hold of a key once its rotation is over, whatever happened on the way.</summary>
internal static class Containment
{
    /// <summary>
    /// One version is trusted, published and able to sign. Every other that stands in the vault can neither sign nor be trusted: it is
    /// barred for ever. The ledger is whole.
    /// </summary>
    public static async Task<TrustEntry> AssertContainedAsync(this LocalCompany company, WorldKey key)
    {
        // Instances keep each document for a moment, the list as it was before the rotation too: what is asked is where it ends.
        var (list, first) = (default(TrustList)!, company.World.Vault.VersionsOf(key.Name)[0]);
        await PollUntil.UntilAsync($"{key.Name} has one version, a new one, in the trust list and in the published keys", async () =>
        {
            list = await company.Rekey.TrustListAsync(TestContext.Current.CancellationToken);
            return list.Keys.Count(e => e.KeyId == company.KeyId(key)) == 1
                && list.Keys.Single(e => e.KeyId == company.KeyId(key)).Version != first
                && list.Keys.Where(e => e.IssuerName == key.IssuerName)
                    .Select(e => e.Kid)
                    .SequenceEqual(await company.PublishedKidsAsync(key));
        });
        var trusted = list.Keys.Single(e => e.KeyId == company.KeyId(key));
        Assert.True(trusted.Current);
        Assert.Null(trusted.Window.TrustedUntil);
        Assert.DoesNotContain(trusted.Thumbprint, list.Revoked);

        var versions = company.World.Vault.VersionsOf(key.Name);
        Assert.Contains(trusted.Version, versions);
        Assert.NotEqual(trusted.Version, versions[0]);
        Assert.True(await company.CanSignAsync(key, trusted.Version), "the trusted version signs");

        // The list leaves a version out as soon as its time is over. The ledger's line about the end of its trust comes later, and after
        // it the version can neither sign nor be trusted.
        var others = versions.Where(v => v != trusted.Version).ToDictionary(v => v, v => company.ThumbprintOf(key, v));
        await PollUntil.UntilAsync($"the ledger has the end of trust of every other version of {key.Name}", async () =>
        {
            var ended = (await company.LedgerAsync())
                .Where(l => l.Entry.Kind == LedgerKinds.TrustEnded)
                .Select(l => l.Entry.Facts["thumbprint"])
                .ToHashSet(StringComparer.Ordinal);
            return others.Values.All(ended.Contains);
        });
        foreach (var (other, thumbprint) in others)
        {
            Assert.False(await company.CanSignAsync(key, other), $"{key.Name}/{other} still signs");
            Assert.DoesNotContain(list.Keys, k => k.Thumbprint == thumbprint);
        }

        return trusted;
    }
}
