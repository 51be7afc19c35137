using System.Text.Json;
using Rekey.EndToEnd.Tests.Support;
using Rekey.Local.KeyVault.Permissions;
using Rekey.Local.Worlds;

namespace Rekey.EndToEnd.Tests.Faults;

/// <summary>The vault refuses. A stolen key's trust ends all the same, people hear of it, and it goes on once the vault allows
/// it.</summary>
public sealed class VaultTroubleTests(VaultTroubleTests.Setup setup) : IClassFixture<VaultTroubleTests.Setup>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private LocalCompany Company => setup.Company;

    [Fact]
    public async Task Without_the_right_to_rotate_trust_ends_where_the_issuer_has_another_key()
    {
        var (key, other) = (Company.Key("first-of-two"), Company.Key("second-of-two"));
        using var thief = await Company.StealAsync(key);
        var elsewhere = await Company.Issuer.MintAsync(other, "customer-1", Cancel);
        await WithoutRotateAsync(async () =>
        {
            var departure = await Company.LeaveAsync(key.Custodians[0]);
            await StuckAsync(departure, key, trustEnded: true);
            await PollUntil.UntilAsync("the forgery is refused", async () => !await Company.IsActiveAsync(thief.Forge("customer-2")));
            Assert.True(await Company.IsActiveAsync(elsewhere), "the issuer's other key is as it was");
            Assert.False(
                await Company.CanSignAsync(key, Company.World.Vault.VersionsOf(key.Name)[0]),
                "the old version is stopped although there is no new one"
            );
            Assert.NotEmpty((await Company.LedgerAsync()).Findings(Company, key, "rotation-stuck"));
        });

        await VerifiedAsync(Company.DepartureId(key.Custodians[0]), key);
        await Company.AssertContainedAsync(key);
    }

    [Fact]
    public async Task Without_the_right_to_rotate_the_end_of_an_only_key_is_asked_about()
    {
        var key = Company.Key("only");
        using var thief = await Company.StealAsync(key);
        await WithoutRotateAsync(async () =>
        {
            var departure = await Company.LeaveAsync(key.Custodians[0]);
            await StuckAsync(departure, key, trustEnded: false);
            Assert.True(
                await Company.IsActiveAsync(thief.Forge("customer-2")),
                "nobody has decided: an outage is not brought about unasked"
            );
            Assert.Single(await Company.Rekey.ApproveAllAsync(Cancel), s => s.Contains("has no other key", StringComparison.Ordinal));
            await StuckAsync(departure, key, trustEnded: true);
            await PollUntil.UntilAsync("the forgery is refused", async () => !await Company.IsActiveAsync(thief.Forge("customer-2")));
            Assert.Empty(await Company.PublishedKidsAsync(key));
        });

        await VerifiedAsync(Company.DepartureId(key.Custodians[0]), key);
        await Company.AssertContainedAsync(key);
    }

    [Fact]
    public async Task A_certificates_key_cannot_be_rotated_and_its_trust_ends()
    {
        var key = Company.Key("certificate");
        var old = await Company.CurrentAsync(key);
        var departure = await Company.LeaveAsync(key.Custodians[0]);
        await StuckAsync(departure, key, trustEnded: false);
        Assert.Single(await Company.Rekey.ApproveAllAsync(Cancel), s => s.Contains("has no other key", StringComparison.Ordinal));
        await StuckAsync(departure, key, trustEnded: true);

        Assert.Contains(old.Thumbprint, (await Company.Rekey.TrustListAsync(Cancel)).Revoked);
        await PollUntil.UntilAsync("the JWKS is empty", async () => (await Company.PublishedKidsAsync(key)).Count == 0);
        Assert.Equal([old.Version], Company.World.Vault.VersionsOf(key.Name));
        var ledger = await Company.LedgerAsync();
        Assert.NotEmpty(ledger.Findings(Company, key, "key-managed-by-certificate"));
        Assert.NotEmpty(ledger.Findings(Company, key, "rotation-stuck"));
    }

    private async Task WithoutRotateAsync(Func<Task> act)
    {
        Company.World.Vault.Grant(World.AppObjectId, KeyPermissions.Rotator & ~KeyPermissions.Rotate);
        try
        {
            await act();
        }
        finally
        {
            Company.World.Vault.Grant(World.AppObjectId, KeyPermissions.Rotator);
        }
    }

    private Task<JsonElement> StuckAsync(string departure, WorldKey key, bool trustEnded) =>
        Company.DepartureAsync(
            departure,
            d =>
                RotationIn(d, key) is { } r
                && r.GetProperty("state").GetString() == "Stuck"
                && r.GetProperty("trustEndedAt").ValueKind is JsonValueKind.String == trustEnded,
            $"stuck, trust {(trustEnded ? "ended" : "not ended")}"
        );

    private Task<JsonElement> VerifiedAsync(string departure, WorldKey key) =>
        Company.DepartureAsync(departure, d => RotationIn(d, key) is { } r && r.GetProperty("state").GetString() == "Verified", "verified");

    private JsonElement? RotationIn(JsonElement departure, WorldKey key) =>
        departure.GetProperty("keys").GetArrayLength() == 0 ? null
        : Company.RotationOf(departure, key) is { ValueKind: JsonValueKind.Object } rotation ? rotation
        : null;

    /// <summary>One company, a key a test.</summary>
    public sealed class Setup : IAsyncLifetime
    {
        public LocalCompany Company { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Company = await LocalCompany.StartAsync([
                LocalCompany.KeyOf("first-of-two") with
                {
                    IssuerName = "two",
                },
                new("second-of-two") { IssuerName = "two" },
                LocalCompany.KeyOf("only"),
                LocalCompany.KeyOf("certificate") with
                {
                    KeyType = "RSA",
                    OfCertificate = true,
                },
            ]);

        public ValueTask DisposeAsync() => Company.DisposeAsync();
    }
}
