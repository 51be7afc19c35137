using System.Security.Cryptography;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Storage;
using Rekey.Trust.Documents;

namespace Rekey.Tests.Endurance;

/// <summary>What must hold in the end, whatever happened on the way.</summary>
internal static class WorldOutcome
{
    public static void MustHold(Company company)
    {
        var rotation = company.Rotation;
        Assert.Equal(RotationState.Verified, rotation.State);
        Assert.False(rotation.IsActive);

        // Exactly one version is trusted, it is current, and the world sees that one.
        var list = company.TrustList;
        var entry = Assert.Single(list.Keys);
        Assert.True(entry.Current);
        Assert.Null(entry.Window.IssuedUntil);
        Assert.Equal([entry.Thumbprint], company.Jwks);
        Assert.Equal(rotation.NewVersion, entry.Version);

        // Every other one can neither sign nor ever be trusted again.
        foreach (var version in company.Vault.VersionsOf(company.Key).Select(v => v.Public))
        {
            Assert.Equal(version.Version == entry.Version, version.CanSign);
            Assert.Equal(version.Version != entry.Version, list.Revoked.Contains(version.PublicKey.Thumbprint));
        }

        // The record is whole, and says no more than happened.
        var ledger = company.VerifiedLedger();
        Assert.Equal(ledger.Count, ledger.DistinctBy(l => l.Entry.Id).Count());
        Assert.Equal(
            company.Container.Written.Where(w => w.Name == TrustDocuments.TrustListName).Select(w => Said(w.Document)),
            ledger
                .Where(l => l.Entry.Kind == LedgerKinds.TrustPublished)
                .Select(l => $"{l.Entry.Facts["sequence"]} {l.Entry.Facts["sha256"]}")
        );
        Assert.All(company.Departures.All, d => Assert.NotNull(d.SettledAt));
    }

    private static string Said(Document list) =>
        $"{PublicAddress.ListOf(list)!.Sequence} {Convert.ToHexStringLower(SHA256.HashData(list.Content.Span))}";
}
