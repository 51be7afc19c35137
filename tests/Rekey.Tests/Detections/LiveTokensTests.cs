using Rekey.Detections.Issuances;
using Rekey.Tests.Detections.Logs;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Detections;

/// <summary>How many live tokens a yes would end, by the issuer's log, or why that is unknown.</summary>
public sealed class LiveTokensTests
{
    [Fact]
    public async Task A_question_shows_the_live_tokens_and_their_holders_with_the_time_of_the_count()
    {
        var watch = await StartAsync();
        Mint(watch, "a", "alice", minutes: 30);
        Mint(watch, "b", "alice", minutes: 30);
        Mint(watch, "c", "bob", minutes: 30);
        Mint(watch, "expired", "carol", minutes: -1);
        var counted = await CountAsync(watch);
        Assert.Equal((3L, 2L, watch.Company.Now, null), (counted.Tokens, counted.Callers, counted.At, counted.UnknownBecause));
    }

    [Theory]
    [InlineData("no line", "has no line")]
    [InlineData("no kid", "name no kid")]
    [InlineData("torn", "could not be read")]
    public async Task A_log_that_may_lack_tokens_gives_no_number_and_says_why(string trouble, string why)
    {
        var watch = await StartAsync();
        if (trouble != "no line")
        {
            Mint(watch, "a", "alice", minutes: 30, hasKid: trouble != "no kid");
        }

        watch.Logs.IsWhole = trouble != "torn";
        var counted = await CountAsync(watch);
        Assert.Null(counted.Tokens);
        Assert.Contains(why, counted.UnknownBecause, StringComparison.Ordinal);
    }

    private static async Task<Watch> StartAsync() => new(await Company.WithBaselineAsync());

    private static async Task<Rekey.Rotations.Tokens.LiveTokenCount> CountAsync(Watch watch)
    {
        var process = watch.Company.NewProcess();
        return await new LoggedLiveTokens(
            new MemoryTokenLog(watch.Logs, watch.Company.Clock, process.Fate),
            watch.Gaps.For(process.Ledger, process.Reader, process.Fate),
            process.TrustLedger,
            watch.Company.GovernedKeys,
            watch.Company.Options.Trust,
            watch.Company.Clock
        ).CountAsync(watch.Company.Key, [watch.Company.Vault.Newest(watch.Company.Key).Public.Version], default);
    }

    private static void Mint(Watch watch, string jti, string sub, int minutes, bool hasKid = true)
    {
        var now = watch.Company.Now;
        var kid = watch.Company.Vault.Newest(watch.Company.Key).Public.PublicKey.Thumbprint;
        watch.Logs.Issued.Add(
            new(
                now.AddMinutes(-10),
                "https://login.example",
                jti,
                hasKid ? kid : null,
                sub,
                "shop",
                now.AddMinutes(-10),
                now.AddMinutes(minutes),
                null,
                "pod-1",
                null
            )
        );
    }
}
