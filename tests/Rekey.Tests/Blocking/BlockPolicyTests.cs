using CsCheck;
using Rekey.Blocking;
using Rekey.Blocking.Proposals;
using Rekey.Trust;

namespace Rekey.Tests.Blocking;

/// <summary>What is blocked without asking names nobody else's token, and not for ever (T19).</summary>
public sealed class BlockPolicyTests
{
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static readonly DateTimeOffset Now = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly TrustOptions Trust = new();
    private static readonly BlockingOptions Options = new() { MaxEntriesPerKid = 5 };
    private static readonly BlockCandidate Forged = new(
        "iss",
        "jti-1",
        "kid-1",
        Hash,
        Now.AddDays(300),
        Now.AddMinutes(-10),
        "unissued",
        "finding-1"
    );

    [Fact]
    public void The_hash_names_a_token_before_its_jti_does()
    {
        var entry = Assert.Single(Plan([Forged]).Add);
        Assert.Equal((BlockKind.SigningInput, Hash, "kid-1", "finding-1"), (entry.Kind, entry.Value, entry.Kid, entry.FindingId));
        var named = Assert.Single(Plan([Forged with { SigningInputSha256 = null }]).Add);
        Assert.Equal((BlockKind.Token, "jti-1"), (named.Kind, named.Value));
    }

    [Theory]
    [InlineData("altered")]
    [InlineData("shared")]
    [InlineData("out-of-window")]
    [InlineData("retired-key")]
    public void What_an_honest_holder_may_get_too_is_asked_about(string reason)
    {
        var plan = Plan([Forged with { Reason = reason }]);
        Assert.Empty(plan.Add);
        Assert.Equal(reason, Assert.Single(plan.Ask).Reason);
    }

    [Fact]
    public void Beside_what_is_asked_about_what_nobody_issued_is_added()
    {
        var plan = Plan([Forged with { Reason = "retired-key", SigningInputSha256 = null }, Forged]);
        Assert.Equal((BlockKind.SigningInput, "unissued"), (Assert.Single(plan.Add).Kind, plan.Add[0].Reason));
        Assert.Equal("retired-key", Assert.Single(plan.Ask).Reason);
    }

    [Fact]
    public void A_jti_that_is_too_long_or_a_hash_that_is_none_makes_no_entry()
    {
        var plan = Plan([Forged with { SigningInputSha256 = "ABC", Jti = new string('x', 5000) }]);
        Assert.Empty(plan.Add);
        Assert.Single(plan.Ask);
    }

    [Theory]
    [InlineData(300, null, 55)]
    [InlineData(20, null, 25)]
    [InlineData(300, 30, 35)]
    [InlineData(20, 30, 25)]
    public void An_entry_expires_with_the_first_thing_that_ends_its_token(int expMinutes, int? trustedMinutes, int expected)
    {
        // exp, or the last access (ten minutes ago) and an hour, or the end of the key's trust; and five minutes for clocks.
        var plan = Plan(
            [Forged with { ExpiresAt = Now.AddMinutes(expMinutes) }],
            new(false, trustedMinutes is { } m ? Now.AddMinutes(m) : null, 0)
        );
        Assert.Equal(Now.AddMinutes(expected), Assert.Single(plan.Add).ExpiresAt);
    }

    [Fact]
    public void What_has_expired_and_what_stands_under_a_barred_kid_is_not_listed()
    {
        Assert.Empty(Plan([Forged with { ExpiresAt = Now.AddMinutes(-6) }]).Add);
        var revoked = Plan([Forged], new(Revoked: true, null, 0));
        Assert.Empty(revoked.Add);
        Assert.Empty(revoked.Rotate);
    }

    [Fact]
    public void A_crowded_kid_is_rotated_instead_of_listed_further()
    {
        var many = Enumerable.Range(0, 9).Select(n => Forged with { SigningInputSha256 = n + Hash[1..], Jti = $"jti-{n}" }).ToList();
        var plan = Plan([.. many, Forged with { Kid = "kid-2", Issuer = "other" }], new(false, null, Listed: 2));
        Assert.Equal(3, plan.Add.Count(e => e.Kid == "kid-1"));
        Assert.Equal(1, plan.Add.Count(e => e.Kid == "kid-2"));
        Assert.Equal(new CrowdedKid("iss", "kid-1", 11), Assert.Single(plan.Rotate));
        Assert.Empty(Plan(many[..3], new(false, null, Listed: 2)).Rotate);
    }

    [Fact]
    public void Whatever_a_forger_writes_an_entry_is_bounded_names_one_token_and_passes_the_rules() =>
        Gen.Select(
                Gen.String,
                Gen.OneOf(Gen.String, Gen.Const(Hash), Gen.Const((string?)null)!),
                Gen.String,
                Gen.Long[-100, 100],
                Gen.Long[0, 10_000_000_000]
            )
            .Sample(
                (jti, hash, reason, access, exp) =>
                {
                    foreach (var why in new[] { reason, "unissued" })
                    {
                        var found = Forged with
                        {
                            Jti = jti,
                            SigningInputSha256 = hash,
                            Reason = why,
                            LastAccess = Now.AddMinutes(access),
                            ExpiresAt = Now.AddSeconds(exp),
                        };
                        foreach (var entry in Plan([found]).Add)
                        {
                            Assert.True(entry.Kind is BlockKind.SigningInput or BlockKind.Token);
                            Assert.InRange(
                                entry.ExpiresAt,
                                Now,
                                found.LastAccess + Trust.MaxTokenLifetime + Trust.ClockSkew + TimeSpan.FromSeconds(1)
                            );
                            Assert.Equal(entry, BlockRules.Checked(entry));
                        }
                    }
                }
            );

    [Fact]
    public void Entries_under_a_barred_kid_are_superfluous()
    {
        var (revoked, other) = (Plan([Forged]).Add[0], Plan([Forged with { Kid = "kid-2" }]).Add[0]);
        Assert.Equal(
            [revoked.Id],
            BlockPolicy.Superfluous([revoked, other with { Kid = null }], (issuer, kid) => (issuer, kid) == ("iss", "kid-1"))
        );
    }

    private static BlockPlan Plan(IReadOnlyList<BlockCandidate> found, KidStanding? standing = null) =>
        BlockPolicy.Plan(found, (_, _) => standing ?? new(Revoked: false, TrustedUntil: null, Listed: 0), Options, Trust, Now);
}
