using System.Globalization;
using CsCheck;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Storage;
using Rekey.Tests.Support;
using Rekey.Trust.Documents;

namespace Rekey.Tests.Rotations;

/// <summary>Nothing is called worthless while a verifier may still hold it (T6).</summary>
public sealed class WorthlessTests
{
    /// <summary>
    /// Verifiers fetch the key set through a cache that may serve it for its time, and keep it for what is left of VerifierCacheTime. The
    /// world's cache may also lag longer than anybody declared; then it is seen when the address is read back.
    /// </summary>
    [Fact]
    public void No_verifier_accepts_an_old_version_when_it_is_called_worthless() =>
        Gen.Select(Gen.Int[0, 1 << 24], Gen.Int[0, 180])
            .Sample(
                (seed, lagMinutes) => RunAsync(new(seed), TimeSpan.FromMinutes(lagMinutes)).GetAwaiter().GetResult(),
                iter: Runs.Of(20),
                threads: 1
            );

    [Fact]
    public async Task What_a_cache_served_for_longer_than_declared_is_called_worthless_later()
    {
        var company = await Company.WithBaselineAsync();
        var process = company.NewProcess();
        company.Address.Stale = company.Address.Serve("login");
        await process.OrderAsync("departure-1", Urgency.Immediate);
        await process.GoAsync();
        company.Clock.Advance(TimeSpan.FromMinutes(40));
        await process.GoAsync();
        company.Address.Stale = null;
        company.Clock.Advance(TimeSpan.FromMinutes(40));
        await process.GoAsync();

        // Nobody looked in between: it may have been served until now.
        Assert.Equal(company.Now + company.Options.Trust.VerifierCacheTime, Said(company));
        Assert.Equal(Said(company), RotationPolicy.WorthlessAt(company.Rotation, company.Options.Trust));
    }

    private static async Task RunAsync(Random random, TimeSpan lag)
    {
        var company = await Company.WithBaselineAsync(configure: o =>
        {
            o.Trust.JwksMaxAge = TimeSpan.FromMinutes(random.Next(1, 10));
            o.Trust.StaleTime = TimeSpan.FromMinutes(random.Next(0, 30));
            o.Trust.VerifierCacheTime =
                o.Trust.JwksMaxAge + o.Trust.StaleTime + o.Trust.InstanceCache + TimeSpan.FromMinutes(random.Next(0, 600));
        });
        var (process, trust) = (company.NewProcess(), company.Options.Trust);
        var old = company.Vault.Newest(company.Key).Public.PublicKey.Thumbprint;
        company.Clock.Advance(lag);
        company.Address.Lag = lag;
        await process.OrderAsync("departure-1", random.Next(2) == 0 ? Urgency.Immediate : Urgency.Graceful);

        // Verifiers fetch all the time, through a cache that is as far behind; each keeps it for as long as it may beyond what the caches
        // take.
        var forgottenAt = DateTimeOffset.MinValue;
        for (var step = 0; step < 1000 && company.Rotation.State is not RotationState.Verified; step++)
        {
            if (PublicAddress.Jwks(company.Address.Serve("login")).Any(k => k.Key.Thumbprint == old))
            {
                forgottenAt = company.Now + trust.VerifierCacheTime - trust.JwksMaxAge - trust.StaleTime - trust.InstanceCache;
            }

            await process.GoAsync();
            company.Clock.Advance(TimeSpan.FromSeconds(random.Next(10, 120)));
        }

        Assert.Equal(RotationState.Verified, company.Rotation.State);
        Assert.True(Said(company) >= forgottenAt, $"Called worthless at {Said(company):T}, held until {forgottenAt:T}.");
        var leftAt = company
            .Container.Written.Last(w =>
                w.Name == TrustDocuments.TrustListName && PublicAddress.ListOf(w.Document)!.Keys.All(k => k.Thumbprint != old)
            )
            .At;
        Assert.True(Said(company) >= leftAt + trust.VerifierCacheTime, $"Called worthless at {Said(company):T}, gone since {leftAt:T}.");
    }

    private static DateTimeOffset Said(Company company) =>
        DateTimeOffset.Parse(
            company.VerifiedLedger().Single(l => l.Entry.Kind == LedgerKinds.RotationVerified).Entry.Facts["worthlessAt"],
            CultureInfo.InvariantCulture
        );
}
