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
        var ledger = await company.LedgerAsync();
        foreach (var other in versions.Where(v => v != trusted.Version))
        {
            // The list names it for a while only, the ledger for ever.
            Assert.False(await company.CanSignAsync(key, other), $"{key.Name}/{other} still signs");
            Assert.Contains(ledger, l =>
                l.Entry.Kind == LedgerKinds.TrustEnded && l.Entry.Facts["thumbprint"] == company.ThumbprintOf(key, other)
            );
            Assert.DoesNotContain(list.Keys, k => k.Thumbprint == company.ThumbprintOf(key, other));
        }

        return trusted;
    }
}
