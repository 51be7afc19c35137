using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.EndToEnd.Tests.Support;
using Rekey.Ledgers;

namespace Rekey.EndToEnd.Tests.Flows;

/// <summary>People leave a company that lets Rekey enforce.</summary>
public sealed class DepartureTests(DepartureTests.Setup setup) : IClassFixture<DepartureTests.Setup>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private LocalCompany Company => setup.Company;

    [Fact]
    public async Task A_stolen_key_is_worth_nothing_once_its_custodian_has_left()
    {
        var (key, other) = (Company.Key("stolen"), Company.Key("bystander"));
        using var thief = await Company.StealAsync(key);
        var old = await Company.CurrentAsync(key);
        var (honest, elsewhere) = (
            await Company.Issuer.MintAsync(key, "customer-1", Cancel),
            await Company.Issuer.MintAsync(other, "customer-1", Cancel)
        );
        Assert.True(await Company.IsActiveAsync(thief.Forge("customer-2")), "before the departure a forgery is perfect");
        Assert.True(await Company.IsActiveAsync(honest));

        var id = await Company.LeaveAsync(LocalCompany.PersonOf("stolen"));
        var departure = await Company.SettledAsync(id);

        var fresh = await Company.AssertContainedAsync(key);
        Assert.NotEqual(old.Version, fresh.Version);
        Assert.False(await Company.IsActiveAsync(thief.Forge("customer-2")), "the forgery is refused");
        Assert.DoesNotContain(old.Kid, await Company.PublishedKidsAsync(key));
        Assert.True(
            await Company.IsActiveAsync(await Company.Issuer.MintAsync(key, "customer-1", Cancel)),
            "the new version signs and is trusted"
        );
        Assert.True(await Company.IsActiveAsync(elsewhere), "other keys are as they were");
        Assert.Single(Company.World.Vault.VersionsOf(other.Name));

        Assert.Equal(LocalCompany.PersonOf("stolen"), departure.GetProperty("person").GetString());
        Assert.True(departure.GetProperty("confirmed").GetBoolean());
        Assert.Equal("UserChanged", departure.GetProperty("sources")[0].GetProperty("source").GetString());
        var shown = Assert.Single(departure.GetProperty("keys").EnumerateArray());
        Assert.Equal(("Immediate", "Enforce"), (shown.GetProperty("urgency").GetString(), shown.GetProperty("mode").GetString()));
        var rotation = shown.GetProperty("rotation");
        Assert.Equal(
            ("Verified", fresh.Version),
            (rotation.GetProperty("state").GetString(), rotation.GetProperty("newVersion").GetString())
        );
        Assert.True(
            rotation.GetProperty("worthlessAt").GetDateTimeOffset()
                >= rotation.GetProperty("trustEndedAt").GetDateTimeOffset() + TimeSpan.FromSeconds(10)
        );

        var ledger = await Company.LedgerAsync();
        foreach (var kind in new[] { LedgerKinds.DepartureNoticed, LedgerKinds.DepartureAssessed, LedgerKinds.DepartureSettled })
        {
            Assert.Single(ledger, l => l.Entry.Kind == kind && l.Entry.About == id);
        }

        foreach (
            var kind in new[]
            {
                LedgerKinds.RotationPlanned,
                LedgerKinds.VersionRequested,
                LedgerKinds.SigningStopped,
                LedgerKinds.TrustEnded,
                LedgerKinds.RotationVerified,
            }
        )
        {
            Assert.Single(ledger.About(Company, key, kind));
        }
    }

    [Fact]
    public async Task A_deleted_user_has_left()
    {
        var person = LocalCompany.PersonOf("deleted");
        Company.Hire(person);
        await Company.World.Graph.DeleteAsync(person);
        await Company.SettledAsync(Company.DepartureId(person));
        await Company.AssertContainedAsync(Company.Key("deleted"));
    }

    [Fact]
    public async Task The_tag_names_a_custodian_too()
    {
        var (key, person) = (Company.Key("tagged"), LocalCompany.PersonOf("somebody named by the tag"));
        var version = Company.World.Vault.VersionsOf(key.Name).Single();
        await Company.AdminAsync(
            HttpMethod.Patch,
            $"keys/{key.Name}/{version}",
            new JsonObject { ["tags"] = new JsonObject { ["rekey-custodians"] = $"{Guid.NewGuid()}, {person}" } }
        );
        var departure = await Company.SettledAsync(await Company.LeaveAsync(person));
        Assert.Contains("tag", departure.GetProperty("keys")[0].GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);
        await Company.AssertContainedAsync(key);
    }

    [Fact]
    public async Task Who_comes_back_and_leaves_again_is_a_second_departure()
    {
        var (key, person) = (Company.Key("twice"), LocalCompany.PersonOf("twice"));
        await Company.SettledAsync(await Company.LeaveAsync(person));
        var first = await Company.AssertContainedAsync(key);
        await Company.World.Graph.EnableAsync(person);
        await PollUntil.UntilAsync("the return is on record", async () =>
            (await Company.LedgerAsync()).Any(l => l.Entry.Kind == LedgerKinds.PersonEnabledAgain && l.Entry.About == person)
        );
        Assert.Equal(2, Company.World.Vault.VersionsOf(key.Name).Count);

        await Company.SettledAsync(await Company.LeaveAsync(person, epoch: 2));
        var second = await Company.AssertContainedAsync(key);
        Assert.NotEqual(first.Version, second.Version);
        Assert.Equal([first.Version, second.Version], (await Company.LedgerAsync()).Rotated(Company, key));
    }

    [Fact]
    public async Task Told_ten_times_at_once_it_is_one_departure_and_one_rotation()
    {
        var (key, person) = (Company.Key("often"), LocalCompany.PersonOf("often"));
        Company.Hire(person, enabled: false);
        var told = Company.World.Graph.NewEvent(person).ToCloudEvent();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Company.World.DeliverAsync(told, cancellationToken: Cancel)));

        var departure = await Company.SettledAsync(Company.DepartureId(person));
        Assert.Equal(1, departure.GetProperty("sources").GetArrayLength());
        var trusted = await Company.AssertContainedAsync(key);
        Assert.Equal([trusted.Version], (await Company.LedgerAsync()).Rotated(Company, key));
        Assert.Equal(2, Company.World.Vault.VersionsOf(key.Name).Count);
        Assert.Single(Company.World.Vault.Audit, a =>
            a.OperationName == "KeyRotate" && a.KeyId!.Contains($"/keys/{key.Name}", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_version_that_somebody_imports_is_found_and_never_trusted()
    {
        var key = Company.Key("imported");
        using var own = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var parameters = own.ExportParameters(includePrivateParameters: true);
        await Company.AdminAsync(
            HttpMethod.Put,
            $"keys/{key.Name}",
            new JsonObject
            {
                ["key"] = new JsonObject
                {
                    ["kty"] = "EC",
                    ["crv"] = "P-256",
                    ["x"] = Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(parameters.Q.X),
                    ["y"] = Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(parameters.Q.Y),
                    ["d"] = Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(parameters.D),
                    ["key_ops"] = new JsonArray("sign", "verify"),
                },
            }
        );
        var thumbprint = VaultProbe.JwkOf(own).Thumbprint;
        var before = await Company.PublishedKidsAsync(key);
        await Company.World.Host.TriggerTimerAsync("PublishTrust", Cancel);

        var found = Assert.Single((await Company.LedgerAsync()).Findings(Company, key, "unknown-version"));
        Assert.EndsWith(Company.World.Vault.VersionsOf(key.Name)[^1], found.Entry.About, StringComparison.Ordinal);
        Assert.Equal(before, await Company.PublishedKidsAsync(key));
        Assert.DoesNotContain((await Company.Rekey.TrustListAsync(Cancel)).Keys, e => e.Thumbprint == thumbprint);
        using var forger = new Rekey.Local.Replay.Attacker(key, thumbprint, own);
        Assert.False(await Company.IsActiveAsync(forger.Forge("customer-1")));
    }

    [Fact]
    public async Task What_also_protects_data_loses_sign_and_stays_enabled()
    {
        var key = Company.Key("wraps");
        var old = Company.World.Vault.VersionsOf(key.Name).Single();
        Assert.True(await Company.CanSignAsync(key, old));
        await Company.SettledAsync(await Company.LeaveAsync(LocalCompany.PersonOf("wraps")));
        await Company.AssertContainedAsync(key);

        // Its exponent comes from the vault as AAEAAQ, and leaves Rekey as the standard writes it.
        var published = await Company.World.Http.GetFromJsonAsync<JsonElement>(Company.World.JwksAddress(key), Cancel);
        Assert.All(published.GetProperty("keys").EnumerateArray(), k => Assert.Equal("AQAB", k.GetProperty("e").GetString()));
        Assert.Contains(Company.ThumbprintOf(key, Company.World.Vault.VersionsOf(key.Name)[^1]), await Company.PublishedKidsAsync(key));

        var read = await Company.ReadVersionAsync(key, old);
        Assert.Equal("AAEAAQ", read.GetProperty("key").GetProperty("e").GetString());
        Assert.True(read.GetProperty("attributes").GetProperty("enabled").GetBoolean(), "data under it must stay readable");
        var left = read.GetProperty("key").GetProperty("key_ops").EnumerateArray().Select(o => o.GetString()).ToList();
        Assert.DoesNotContain("sign", left);
        Assert.Contains("decrypt", left);
        Assert.Contains("unwrapKey", left);
        Assert.False(await Company.CanSignAsync(key, old, "RS256"));
    }

    /// <summary>One company, a key a test.</summary>
    public sealed class Setup : IAsyncLifetime
    {
        public LocalCompany Company { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Company = await LocalCompany.StartAsync([
                .. new[] { "stolen", "deleted", "twice", "often" }.Select(LocalCompany.KeyOf),
                new("bystander"),
                new("tagged"),
                new("imported"),
                LocalCompany.KeyOf("wraps") with
                {
                    KeyType = "RSA-HSM",
                    Operations = ["sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey"],
                },
            ]);

        public ValueTask DisposeAsync() => Company.DisposeAsync();
    }
}
