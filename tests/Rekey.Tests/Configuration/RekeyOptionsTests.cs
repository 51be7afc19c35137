using Rekey.Configuration;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Vaults;
using Rekey.Trust;

namespace Rekey.Tests.Configuration;

/// <summary>Wrong relations between settings stop the start, all of them at once.</summary>
public sealed class RekeyOptionsTests
{
    [Fact]
    public void Every_default_holds() => Assert.Empty(Company.Found().Options.Validate());

    /// <summary>No issuer's tokens may have the type of a document that Rekey signs.</summary>
    [Theory]
    [InlineData("at+jwt", true)]
    [InlineData("application/at+jwt", true)]
    [InlineData("JWT", true)]
    [InlineData("vnd.contoso.access_token+jwt", true)]
    [InlineData("rekey-trust-list+jwt", false)]
    [InlineData("application/Rekey-Blocklist+jwt", false)]
    [InlineData("", false)]
    [InlineData("application/", false)]
    [InlineData("at jwt", false)]
    [InlineData("at+jwt, JWT", false)]
    public void The_type_of_an_issuers_tokens_is_a_media_type_and_no_documents(string type, bool holds)
    {
        var options = Company.Found().Options;
        options.Issuers[0].TokenTypes = [type];
        Assert.Equal(holds, options.Validate().Count == 0);
    }

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        var options = new RekeyOptions
        {
            Keys =
            [
                new()
                {
                    VaultUri = new("http://vault"),
                    Name = "a b",
                    Issuer = "nobody",
                    Custodians = ["me"],
                },
            ],
            Issuers = [new() { Name = "Bad Name", Algorithms = ["none", "HS256"] }],
            Trust = new()
            {
                AnnounceTime = TimeSpan.FromSeconds(1),
                VerifierCacheTime = TimeSpan.FromSeconds(1),
                ClockSkew = TimeSpan.FromHours(2),
            },
            Departures = new() { ClientState = "too short" },
            Ledger = new() { BlocksPerSegment = 50_000, BytesPerSegment = 1000 },
            Rotations = new()
            {
                Lease = TimeSpan.FromSeconds(1),
                MaxRotationsAnHour = 0,
                MaxIssuerSharePercent = 0,
                MaxKeyAge = TimeSpan.Zero,
            },
        };
        var mistakes = options.Validate();
        foreach (
            var part in new[]
            {
                "Environment",
                "VaultUri",
                "the name 'a b'",
                "no issuer 'nobody'",
                "custodian 'me'",
                "'Bad Name'",
                "'none'",
                "'HS256'",
                "Audiences",
                "AnnounceTime",
                "VerifierCacheTime",
                "ClockSkew",
                "Lease",
                "MaxRotationsAnHour",
                "MaxIssuerSharePercent",
                "MaxKeyAge",
                "TenantId",
                "ClientState",
                "BlocksPerSegment",
                "BytesPerSegment",
            }
        )
        {
            Assert.Contains(mistakes, m => m.Contains(part, StringComparison.Ordinal));
        }
    }

    /// <summary>The first deployment has none: the Graph subscription comes after it.</summary>
    [Theory]
    [InlineData("", "", true)]
    [InlineData("a client state that is long enough", "", true)]
    [InlineData("", "a client state that is long enough", false)]
    [InlineData("fifteen letters", "", false)]
    public void A_client_state_may_be_left_out_and_not_be_guessable(string clientState, string former, bool holds)
    {
        var options = Company.Found().Options;
        (options.Departures.ClientState, options.Departures.PreviousClientState) = (clientState, former);
        Assert.Equal(holds, options.Validate().Count == 0);
    }

    [Fact]
    public void What_a_vault_must_sign_at_most_is_half_of_what_it_can()
    {
        static RekeyOptions Of(double first, double second, bool apart)
        {
            var options = Company
                .Found(keys: 2, o =>
                {
                    o.Issuers.Add(
                        new()
                        {
                            Name = "partners",
                            Issuer = "https://partners.example",
                            Audiences = ["shop"],
                        }
                    );
                    o.Keys[1].Issuer = "partners";
                    o.Keys[1].VaultUri = apart ? new("https://kv-prod-02.vault.azure.net") : o.Keys[1].VaultUri;
                })
                .Options;
            (options.Issuers[0].PeakTokensPerSecond, options.Issuers[1].PeakTokensPerSecond) = (first, second);
            return options;
        }

        Assert.Empty(Of(60, 40, apart: false).Validate());
        Assert.Contains("login, partners", Assert.Single(Of(60, 41, apart: false).Validate()), StringComparison.Ordinal);
        Assert.Empty(Of(100, 100, apart: true).Validate());
        Assert.Contains("PeakTokensPerSecond", Assert.Single(Of(101, 100, apart: true).Validate()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 100, true)]
    [InlineData(2048, 100, true)]
    [InlineData(2048, 100.5, false)]
    [InlineData(3072, 25, true)]
    [InlineData(3072, 25.5, false)]
    [InlineData(4096, 12.5, true)]
    [InlineData(4096, 13, false)]
    public void A_long_key_is_signed_with_less_often(int? bits, double peak, bool isTaken)
    {
        var options = Company.Found(keys: 1, o => o.Keys[0].RsaKeySize = bits).Options;
        options.Issuers[0].PeakTokensPerSecond = peak;
        Assert.Equal(isTaken, options.Validate().Count == 0);
    }

    [Fact]
    public void What_one_kind_of_key_takes_of_a_vault_the_others_do_not_have()
    {
        static IReadOnlyList<string> Mistakes(double ec, double rsa)
        {
            var options = Company
                .Found(keys: 2, o =>
                {
                    o.Issuers.Add(
                        new()
                        {
                            Name = "partners",
                            Issuer = "https://partners.example",
                            Audiences = ["shop"],
                        }
                    );
                    (o.Keys[1].Issuer, o.Keys[1].RsaKeySize) = ("partners", 4096);
                })
                .Options;
            (options.Issuers[0].PeakTokensPerSecond, options.Issuers[1].PeakTokensPerSecond) = (ec, rsa);
            return options.Validate();
        }

        Assert.Empty(Mistakes(ec: 60, rsa: 5));
        Assert.Contains("(61 of 200, 5 of 25)", Assert.Single(Mistakes(ec: 61, rsa: 5)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_algorithms_that_are_named_are_all_that_are_allowed()
    {
        using var p256 = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var key = FakeVault.PublicOf(p256);
        Assert.Equal(["ES256"], new IssuerBinding().AlgorithmsFor(key));
        Assert.Empty(new IssuerBinding { Algorithms = ["PS256"] }.AlgorithmsFor(key));
    }
}
