using System.Text;
using CsCheck;
using Rekey.Core;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Support;
using Rekey.Trust.Documents;
using Rekey.Trust.Lists;

namespace Rekey.Tests.Rotations;

/// <summary>
/// A graceful rotation with issuers that follow the published list through a cache, logs that arrive late, and a store that fails now and
/// then: nobody is turned away (T5).
/// </summary>
public sealed class SwitchOverTests
{
    [Fact]
    public void No_issuer_signs_with_what_verifiers_do_not_know_or_the_vault_has_stopped() =>
        Gen.Select(Gen.Int[0, 1 << 24], Gen.Int[0, 60], Gen.Int[0, 100])
            .Sample(
                (seed, pinnedMinutes, failures) => RunAsync(seed, TimeSpan.FromMinutes(pinnedMinutes), failures).GetAwaiter().GetResult(),
                iter: Runs.Of(15),
                threads: 1
            );

    private static async Task RunAsync(int seed, TimeSpan pinned, int failures)
    {
        var random = new Random(seed);
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.StuckRetry = TimeSpan.FromMinutes(random.Next(1, 20)));
        company.SigningLog.Seen = null;
        var old = company.Vault.Newest(company.Key).Public;
        await company.NewProcess().OrderAsync("age/1", Urgency.Graceful);
        var issuer = new Issuer(company, random, old.Version, company.Now + TimeSpan.FromMinutes(15) + pinned);

        // Rekey comes by at odd times and may be down for a while, its store fails in between; the issuer signs, now often, now rarely.
        var down = random.Next(0, 90);
        for (var minute = 0; minute < 900 && company.Rotation.State is not RotationState.Verified; minute++)
        {
            if (random.Next(3) == 0 && (minute < 10 || minute > 10 + down))
            {
                var process = company.NewProcess(new Flaky(random, minute < 60 ? failures : 0));
                await TryAsync(process.GoAsync);
                await TryAsync(() => process.Publish.PublishAsync(default));
            }

            company.Clock.Advance(TimeSpan.FromSeconds(random.Next(20, 70)));
            issuer.Go();
        }

        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
        var made = company.Rotation.NewThumbprint!;
        var published = company
            .Container.Written.First(w => w.Name == TrustDocuments.TrustListName && List(w.Document).Keys.Any(k => k.Thumbprint == made))
            .At;
        var current = company
            .Container.Written.First(w =>
                w.Name == TrustDocuments.TrustListName && List(w.Document).Keys.Any(k => k.Current && k.Thumbprint == made)
            )
            .At;
        Assert.True(current >= published + company.Options.Trust.AnnounceTime, $"Published at {published:T}, current at {current:T}.");
        Assert.True(
            company.Rotation.SigningStoppedAt > issuer.LastOldSignature + company.Options.Rotations.LogLag,
            $"Signed at {issuer.LastOldSignature:T}, stopped at {company.Rotation.SigningStoppedAt:T}."
        );
    }

    private static TrustList List(Document document) =>
        TrustDocuments.Read(System.Buffers.Text.Base64Url.DecodeFromChars(Encoding.ASCII.GetString(document.Content.Span).Split('.')[1]));

    private static async Task TryAsync<T>(Func<Task<T>> act)
    {
        try
        {
            await act();
        }
        catch (RetryLaterException)
        {
            // It comes again.
        }
    }

    /// <summary>Signs with what the list calls current, as it has it; or until some time with what it was built with. What it signs with,
    /// its verifiers know, and the vault allows.</summary>
    private sealed class Issuer(Company company, Random random, string pinnedTo, DateTimeOffset pinnedUntil)
    {
        private (TrustList List, DateTimeOffset At) _held = (company.TrustList, company.Now);

        private DateTimeOffset _next = company.Now;

        public DateTimeOffset LastOldSignature { get; private set; }

        public void Go()
        {
            if (company.Now - _held.At > company.Options.Trust.JwksMaxAge - TimeSpan.FromSeconds(random.Next(0, 300)))
            {
                _held = (company.TrustList, company.Now);
            }

            if (company.Now >= _next)
            {
                Sign();

                // At night hours may pass; an issuer that is pinned to a version must be seen at least once in each LogLag to be waited
                // for.
                var lag = company.Options.Rotations.LogLag;
                _next =
                    company.Now
                    + (
                        random.NextDouble()
                        * (company.Now < pinnedUntil || random.Next(8) > 0 ? lag - TimeSpan.FromMinutes(2) : TimeSpan.FromHours(2))
                    );
            }
        }

        private void Sign()
        {
            var version = company.Now < pinnedUntil ? pinnedTo : _held.List.Keys.Single(k => k.Current).Version;
            var key = company.Vault.VersionsOf(company.Key).Single(v => v.Public.Version == version).Public;
            Assert.True(key.CanSign, $"At {company.Now:T} the vault refuses the issuer.");
            Assert.Contains(key.PublicKey.Thumbprint, company.Jwks);
            if (version == pinnedTo)
            {
                LastOldSignature = company.Now;
            }

            company.SigningLog.Rows.Add((version, company.Now, company.Now + (company.Options.Rotations.LogLag * random.NextDouble())));
        }
    }

    /// <summary>Effects fail, before the world sees them or behind, so many times in a hundred.</summary>
    private sealed class Flaky(Random random, int percent) : Fate
    {
        protected override Task BeforeAsync(int number, string what) => MayFail(what);

        protected override Task AfterAsync(int number, string what) => MayFail(what);

        private Task MayFail(string what) =>
            what.StartsWith("publish", StringComparison.Ordinal) && random.Next(100) < percent
                ? throw new RetryLaterException("The store does not answer.")
                : Task.CompletedTask;
    }
}
