using CsCheck;
using Rekey.Trust;

namespace Rekey.Tests.Trust;

/// <summary>The relations between times, of which each broken one is an outage or a lie (T5, T6).</summary>
public sealed class TrustOptionsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void The_announcement_lasts_until_the_slowest_verifier_has_looked_and_not_a_second_less()
    {
        var options = new TrustOptions();
        options.AnnounceTime = options.JwksMaxAge + options.VerifierCoolDown;
        Assert.Empty(options.Validate());
        options.AnnounceTime -= Second;
        Assert.Contains("AnnounceTime", Assert.Single(options.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void No_verifier_forgets_before_the_caches_in_front_of_it()
    {
        var options = new TrustOptions();
        options.VerifierCacheTime = options.JwksMaxAge + options.StaleTime + options.InstanceCache;
        Assert.Empty(options.Validate());
        options.VerifierCacheTime -= Second;
        Assert.Contains("VerifierCacheTime", Assert.Single(options.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void Clocks_are_not_further_apart_than_a_token_lives()
    {
        var options = new TrustOptions { MaxTokenLifetime = TimeSpan.FromMinutes(5), ClockSkew = TimeSpan.FromMinutes(5) };
        Assert.Empty(options.Validate());
        options.ClockSkew += Second;
        Assert.Contains("ClockSkew", Assert.Single(options.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_is_valid_until_the_next_one_is_out()
    {
        var options = new TrustOptions();
        options.ListValidity = 2 * (options.StaleTime + options.InstanceCache + TimeSpan.FromMinutes(5));
        Assert.Empty(options.Validate());
        options.ListValidity -= Second;
        Assert.Contains("ListValidity", Assert.Single(options.Validate()), StringComparison.Ordinal);
    }

    /// <summary>Whatever passes satisfies every relation, and whatever does not is refused.</summary>
    [Fact]
    public void Options_pass_exactly_when_every_relation_holds() =>
        Gen.Select(Gen.Int[-2, 8], Gen.Int[-2, 8], Gen.Int[-2, 8], Gen.Int[-2, 8])
            .Select(Gen.Int[-2, 20], Gen.Int[-2, 30], Gen.Int[590, 640])
            .Sample(
                (times, announce, cache, validity) =>
                {
                    var (maxAge, coolDown, stale, instance) = times;
                    var options = new TrustOptions
                    {
                        JwksMaxAge = maxAge * Second,
                        VerifierCoolDown = coolDown * Second,
                        StaleTime = stale * Second,
                        InstanceCache = instance * Second,
                        AnnounceTime = announce * Second,
                        VerifierCacheTime = cache * Second,
                        ListValidity = validity * Second,
                    };
                    var holds =
                        maxAge > 0
                        && coolDown >= 0
                        && stale >= 0
                        && instance >= 0
                        && cache > 0
                        && announce >= maxAge + coolDown
                        && cache >= maxAge + stale + instance
                        && validity >= 2 * (stale + instance + 300);
                    Assert.Equal(holds, !options.Validate().Any());
                }
            );
}
