using Rekey.Core;
using Rekey.Tests.VaultAccess.Drifts;
using Rekey.VaultAccess.Reading;

namespace Rekey.Tests.VaultAccess;

/// <summary>Every version of a key that may be used is judged, within bounds.</summary>
public sealed class KeyVersionTests
{
    [Fact]
    public async Task Old_versions_that_are_still_enabled_count_and_those_that_ended_do_not()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        var now = watch.Company.Now;
        watch.Azure.Keys.AddRange([
            new(new("login", "EC", IsExportable: false, "soft")),
            new(new("login", "EC-HSM", IsExportable: true, "out")),
            new(new("LOGIN", "RSA", IsExportable: false, "soft-too")),
            new(new("login", "RSA", IsExportable: true, "disabled"), IsEnabled: false),
            new(new("login", "RSA", IsExportable: true, "ended"), ExpiresOn: now),
        ]);
        await watch.SweepAsync();
        var told = watch.Open.OrderBy(f => f.Kind, StringComparer.Ordinal).ToList();
        Assert.Equal(["vault-key-exportable", "vault-key-in-software"], told.Select(f => f.Kind));
        Assert.Equal(["out", "soft, soft-too"], told.Select(f => f.Evidence["versions"]));
        Assert.Equal("EC, RSA", told[1].Evidence["keyType"]);
        Assert.Equal(4, watch.Azure.KeyReads);

        watch.Azure.Keys[1] = watch.Azure.Keys[1] with { IsEnabled = false };
        watch.Azure.Keys[2] = watch.Azure.Keys[2] with { ExpiresOn = now.AddHours(1) };
        await watch.SweepAsync();
        Assert.Equal(2, watch.Open.Count());
        watch.Company.Clock.Advance(TimeSpan.FromHours(1));
        await watch.SweepAsync();
        Assert.Equal("soft-too", Assert.Single(watch.Open).Evidence["versions"]);
    }

    [Fact]
    public async Task Of_more_versions_than_anybody_looks_at_the_rest_is_said_not_to_be_seen()
    {
        var watch = await AccessWatch.StartAsync(ResponseMode.Observe);
        watch.Azure.Keys.Clear();
        watch.Azure.Keys.AddRange(
            Enumerable
                .Range(0, 700)
                .Select(n => new KeptVersion(
                    new("many", n == 699 ? "EC" : "EC-HSM", IsExportable: false, $"{n:d4}"),
                    CreatedOn: DateTimeOffset.UnixEpoch.AddDays(n)
                ))
        );
        var report = Assert.Single(await watch.SweepAsync());
        Assert.Equal(500, watch.Azure.KeyReads);
        Assert.Equal((ReadingPart.Keys, AzureEstate.VaultId), (Assert.Single(report.NotSeen).Part, report.NotSeen[0].What));

        // The newest are looked at first.
        Assert.Equal("0699", watch.Open.Single(f => f.Kind == "vault-key-in-software").Evidence["versions"]);
    }
}
