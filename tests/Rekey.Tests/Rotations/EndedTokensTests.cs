using Rekey.Findings;
using Rekey.Rotations;
using Rekey.Rotations.Tokens;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Trust;

namespace Rekey.Tests.Rotations;

/// <summary>F6: a rotation that ends live tokens is a finding when it happens.</summary>
public sealed class EndedTokensTests
{
    [Fact]
    public async Task F6_an_immediate_rotation_says_who_must_sign_in_again_and_closes_when_the_old_key_is_worthless()
    {
        var company = await Company.WithBaselineAsync();
        var old = company.Vault.VersionsOf(company.Key).Single().Public.Version;
        await company.NewProcess().LeavesAsync(Company.Leaver);
        await company.NewProcess().WorkAsync();

        var finding = Assert.Single(Ended(company));
        Assert.Equal((Severity.High, company.Rotation.Id), (finding.Severity, finding.About));
        Assert.Contains(
            $"everybody who signed in with the old versions before {company.Rotation.TrustEndingAt:u} must sign in again",
            finding.Title,
            StringComparison.Ordinal
        );
        Assert.Equal((old, "unknown"), (finding.Evidence["endedVersions"], finding.Evidence["liveTokens"]));
        Assert.NotEmpty(finding.Evidence["liveTokensUnknown"]);
        Assert.Equal(finding, finding.WithoutSecrets());

        company.Clock.Advance(company.Rotation.WorthlessAt!.Value - company.Now - TimeSpan.FromSeconds(1));
        await company.NewProcess().EndedTokens.CloseAsync(default);
        Assert.Single(Ended(company));
        company.Clock.Advance(TimeSpan.FromSeconds(1));
        await company.NewProcess().EndedTokens.CloseAsync(default);
        Assert.Empty(Ended(company));
    }

    [Fact]
    public async Task F6_the_finding_has_the_live_tokens_that_ended_their_callers_and_the_time_of_the_count()
    {
        var company = await Company.WithBaselineAsync();
        var (old, asked) = (company.Vault.VersionsOf(company.Key).Single().Public.Version, new List<string>());
        company.LiveTokensOf = _ => new Counted(company, asked);
        await company.NewProcess().LeavesAsync(Company.Leaver);
        await company.NewProcess().WorkAsync();

        var finding = Assert.Single(Ended(company));
        Assert.Equal([old], asked.Distinct());
        Assert.Equal(("1204", "310"), (finding.Evidence["liveTokens"], finding.Evidence["callers"]));
        var at = DateTimeOffset.Parse(finding.Evidence["countedAt"], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(at >= company.Rotation.TrustEndingAt);
        Assert.Contains($"1204 live token(s) of 310 caller(s), counted at {at:u}", finding.Title, StringComparison.Ordinal);
        Assert.DoesNotContain("liveTokensUnknown", finding.Evidence.Keys);
    }

    [Fact]
    public async Task F6_a_graceful_rotation_that_waited_for_the_last_token_is_no_finding()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("age/1", Urgency.Graceful);
        await company.NewProcess().WorkAsync(TimeSpan.FromDays(3));
        Assert.Equal(RotationState.Verified, company.Rotation.State);
        Assert.Empty(Ended(company));
    }

    /// <summary>The urgency does not count, but whether the last token has expired.</summary>
    [Fact]
    public async Task F6_a_graceful_rotation_that_becomes_immediate_ends_live_tokens()
    {
        var company = await Company.WithBaselineAsync();
        await company.NewProcess().OrderAsync("age/1", Urgency.Graceful);
        await company.NewProcess().GoAsync();
        company.Clock.Advance(TimeSpan.FromMinutes(20));
        await company.NewProcess().LeavesAsync(Company.Leaver, hostile: true);
        await company.NewProcess().WorkAsync();
        Assert.NotEmpty(Ended(company));
    }

    [Fact]
    public async Task F6_the_second_rotation_of_a_key_is_a_finding_of_its_own()
    {
        var company = await Company.WithBaselineAsync();
        foreach (var cause in new[] { "forgery/1", "forgery/2" })
        {
            await company.NewProcess().OrderAsync(cause, Urgency.Immediate);
            await company.NewProcess().WorkAsync();
            company.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([$"{company.Key.Id}#1", $"{company.Key.Id}#2"], Ended(company).Select(f => f.About).Order(StringComparer.Ordinal));
        Assert.Single(Ended(company)[^1].Evidence["endedVersions"].Split(' '));
        company.Clock.Advance(TimeSpan.FromDays(1));
        await company.NewProcess().EndedTokens.CloseAsync(default);
        Assert.Empty(Ended(company));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task F6_no_rotation_ends_tokens_without_a_finding_wherever_a_process_dies(bool afterTheEffect)
    {
        var done = false;
        for (var n = 1; !done; n++)
        {
            var company = await Company.WithBaselineAsync();
            await company.NewProcess().OrderAsync("forgery/1", Urgency.Immediate);
            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            try
            {
                await doomed.GoAsync();
                done = true;
            }
            catch (ProcessDiedException)
            {
                company.Clock.Advance(company.Options.Rotations.Lease + TimeSpan.FromSeconds(1));
                await company.NewProcess().WorkAsync();
            }

            Assert.Equal(RotationState.Verified, company.Rotation.State);
            Assert.Equal(1, Assert.Single(Ended(company)).Opening);
        }
    }

    /// <summary>A log with the same count for every question.</summary>
    private sealed class Counted(Company company, List<string> asked) : ILiveTokens
    {
        public Task<LiveTokenCount> CountAsync(SigningKey key, IReadOnlyList<string> versions, CancellationToken cancellationToken)
        {
            asked.AddRange(versions);
            return Task.FromResult(new LiveTokenCount(1204, 310, company.Now, UnknownBecause: null));
        }
    }

    private static List<Finding> Ended(Company company) => [.. company.Findings.OpenReports.Where(f => f.Kind == FindingKinds.TokensEnded)];
}
