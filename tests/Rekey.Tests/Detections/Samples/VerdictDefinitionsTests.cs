using Rekey.Detections;
using Rekey.Detections.Samples;
using Rekey.Detections.Samples.Stories;
using Rekey.Detections.Sweeps;

namespace Rekey.Tests.Detections.Samples;

/// <summary>What the truth rests on, at the edges of each definition.</summary>
public sealed class VerdictDefinitionsTests
{
    private static readonly DateTimeOffset Iat = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PresentedToken Token = new("https://i", "j1", "k1", "s", "a", Iat, Iat.AddMinutes(30), "aa", "t1", true);
    private static readonly IssuanceLine Issued = new(
        Iat,
        Iat,
        "https://i",
        "j1",
        "k1",
        "s",
        "a",
        "c",
        Iat,
        Iat.AddMinutes(30),
        "aa",
        "i-0",
        1
    );
    private static readonly KidWindow Window = new("https://i", "k1", Iat.AddDays(-1), Iat.AddMinutes(10), Iat.AddMinutes(20));
    private static readonly SweepParameters NoWindows = new(
        TimeSpan.FromHours(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromHours(2),
        2,
        3,
        TimeSpan.FromHours(6),
        []
    );
    private static readonly SweepParameters Windows = NoWindows with { Windows = [Window] };

    [Fact]
    public void A_token_that_is_as_it_was_issued_has_no_verdict() => Assert.Empty(Verdicts(Issued, Token, 1));

    [Fact]
    public void Without_issuance_it_is_unissued() => Assert.Equal([Verdict.Unissued], Verdicts(null, Token, 1));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_jti_it_is_unidentified_and_nothing_else(string? jti) =>
        Assert.Equal([Verdict.Unidentified], Verdicts(null, Token with { Jti = jti }, 1));

    [Fact]
    public void Where_both_log_a_hash_only_the_hash_counts()
    {
        Assert.Equal([Verdict.Altered], Verdicts(Issued, Token with { SigningInputSha256 = "bb" }, 1));
        Assert.Empty(Verdicts(Issued, Token with { Sub = "other" }, 1));
    }

    [Theory]
    [InlineData("Kid")]
    [InlineData("Sub")]
    [InlineData("Aud")]
    [InlineData("IssuedAt")]
    [InlineData("ExpiresAt")]
    public void Where_one_logs_no_hash_each_claim_counts_that_both_log(string claim)
    {
        var (other, missing) = claim switch
        {
            "Kid" => (Token with { Kid = "k2" }, Token with { Kid = "" }),
            "Sub" => (Token with { Sub = "x" }, Token with { Sub = null }),
            "Aud" => (Token with { Aud = "x" }, Token with { Aud = null }),
            "IssuedAt" => (Token with { IssuedAt = Iat.AddSeconds(1) }, Token with { IssuedAt = null }),
            _ => (Token with { ExpiresAt = Iat.AddSeconds(1799) }, Token with { ExpiresAt = null }),
        };
        Assert.Contains(Verdict.Altered, Verdicts(Issued with { SigningInputSha256 = null }, other, 1));
        Assert.Empty(Verdicts(Issued with { SigningInputSha256 = null }, missing, 1));
        Assert.Contains(Verdict.Altered, Verdicts(Issued, other with { SigningInputSha256 = null }, 1));
    }

    [Theory]
    [InlineData(-301, true)]
    [InlineData(-300, false)]
    [InlineData(2100, false)]
    [InlineData(2101, true)]
    public void Out_of_window_begins_behind_the_skew(int seconds, bool isOut) =>
        Assert.Equal(isOut ? [Verdict.OutOfWindow] : [], Of(Issued, Token, Iat.AddSeconds(seconds), NoWindows));

    [Theory]
    [InlineData(19.99, null)]
    [InlineData(20, Verdict.VerifierLag)]
    [InlineData(34, Verdict.VerifierLag)]
    public void Past_the_end_of_its_keys_trust_an_issued_token_is_verifier_lag(double minutes, Verdict? expected) =>
        Assert.Equal(expected is { } verdict ? [verdict] : [], Of(Issued, Token, Iat.AddMinutes(minutes), Windows));

    [Theory]
    [InlineData(139.99, Verdict.VerifierLag)]
    [InlineData(140, Verdict.RetiredKey)]
    public void Verifiers_have_forgotten_when_the_cache_time_is_over(double minutes, Verdict expected) =>
        Assert.Equal([Verdict.OutOfWindow, expected], Of(Issued, Token, Iat.AddMinutes(minutes), Windows));

    [Fact]
    public void An_unissued_token_under_an_ended_key_is_never_lag() =>
        Assert.Equal([Verdict.Unissued, Verdict.RetiredKey], Of(null, Token, Iat.AddMinutes(21), Windows));

    [Fact]
    public void An_iat_past_issuedUntil_is_retired_key_even_while_the_key_is_trusted_and_never_lag()
    {
        var late = Token with { IssuedAt = Iat.AddMinutes(11) };
        Assert.Equal([Verdict.RetiredKey], Of(Issued, late, Iat.AddMinutes(12), Windows));
        Assert.Equal([Verdict.RetiredKey], Of(Issued, late, Iat.AddMinutes(25), Windows));
    }

    [Fact]
    public void A_kid_without_window_is_retired_where_its_issuer_has_windows_and_is_not_judged_where_it_has_none()
    {
        Assert.Equal([Verdict.RetiredKey], Of(Issued, Token with { Kid = "k2" }, Iat.AddMinutes(1), Windows));
        Assert.Empty(Of(Issued, Token with { Kid = "k2" }, Iat.AddMinutes(1), NoWindows));
    }

    [Fact]
    public void One_of_two_windows_of_a_kid_is_enough() =>
        Assert.Empty(
            Of(
                Issued,
                Token,
                Iat.AddMinutes(25),
                NoWindows with
                {
                    Windows = [Window, Window with { TrustedFrom = Iat.AddMinutes(22), IssuedUntil = null, TrustedUntil = null }],
                }
            )
        );

    [Theory]
    [InlineData("10.0.0.1 10.0.1.1", false)]
    [InlineData("10.0.0.1 10.0.1.1 10.0.2.1", true)]
    [InlineData("10.0.0.1 10.0.0.2 10.0.0.3", false)]
    [InlineData("10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4", true)]
    [InlineData("2001:db8:1::1 2001:db8:1:2::1 2001:db8:2::1", false)]
    [InlineData("2001:db8::1 2001:db8:1::1 2001:db8:2::1", true)]
    [InlineData("2001:db8::1 2001:db8:0:7::1 2001:db8::7", false)]
    public void Shared_is_more_networks_or_more_addresses_than_the_limit(string addresses, bool isShared)
    {
        var lines = addresses.Split(' ').Select(a => Line(Token, Iat.AddMinutes(1), a)).ToList();
        var sightings = new VerdictDefinitions(NoWindows).Judge(new([Issued], lines));
        Assert.Equal(
            isShared ? lines.Select(l => l.SrcIpAddr) : [],
            sightings.Where(s => s.Verdict == Verdict.Shared).Select(s => s.SrcIpAddr)
        );
    }

    [Fact]
    public void A_line_that_came_twice_counts_once_and_a_retry_counts_again()
    {
        var line = Line(Token, Iat.AddMinutes(1), "10.0.0.1");
        var sighting = Assert.Single(
            new VerdictDefinitions(NoWindows).Judge(new([], [line, line with { Arrived = Iat.AddDays(1) }, line with { StatusCode = 503 }]))
        );
        Assert.Equal(2, sighting.Accesses);
    }

    private static List<Verdict> Verdicts(IssuanceLine? issued, PresentedToken token, int minutes) =>
        Of(issued, token, Iat.AddMinutes(minutes), NoWindows);

    private static List<Verdict> Of(IssuanceLine? issued, PresentedToken token, DateTimeOffset at, SweepParameters parameters) =>
        [
            .. new VerdictDefinitions(parameters)
                .Judge(new(issued is null ? [] : [issued], [Line(token, at, "10.0.0.1")]))
                .Select(s => s.Verdict),
        ];

    private static AccessLine Line(PresentedToken token, DateTimeOffset at, string address) =>
        new(at, at, token, address, "ua", "/p", 200, "g");
}
