using Rekey.Core;

namespace Rekey.Detections.Samples.Stories;

/// <summary>Tokens with each of the other verdicts, and for each a token that is just within the limits.</summary>
internal sealed class OddStories(SampleCompany company, Random random, HonestStories honest)
{
    private readonly SampleOptions _options = company.Options;

    public IEnumerable<(DateTimeOffset At, Func<DateTimeOffset, TokenStory> Make)> Plan()
    {
        var span = _options.End - _options.Start;
        DateTimeOffset Some(double share) => _options.Start + (span * share);
        var (oldKey, ended) = (company.Shop.Keys[0], company.Partners.Keys.First(k => k.SignsUntil == company.EmergencyAt));
        for (var i = 0; i < 4; i++)
        {
            var n = i;
            yield return (oldKey.Window.IssuedUntil!.Value.AddMinutes(3 + (7 * i)), at => IssuedUnder(oldKey, at));
            yield return (Some(0.45 + (0.01 * i)), at =>
                UnissuedUnder(
                    n % 2 == 0
                        ? (company.Shop, oldKey)
                        : (company.Partners, oldKey with { Kid = "dev-1", Thumbprint = StableId.Of("sample-key", "dev-1") }),
                    at
                )
            );
            yield return (company.EmergencyAt.AddMinutes(-40 + (6 * i)), at =>
                Late(company.Partners, ended.Window.TrustedUntil!.Value.AddMinutes(2), at)
            );
            yield return (company.EmergencyAt.AddMinutes(-45 + (6 * i)), at =>
                Late(company.Partners, ended.Window.TrustedUntil!.Value + _options.VerifierCacheTime + TimeSpan.FromMinutes(n), at)
            );
            yield return (Some(0.3 + (0.03 * i)), at => Stretched(n, at));
            yield return (Some(0.35 + (0.02 * i)), at => NearlySilent(at));
        }

        var networks = _options.MaxNetworksPerToken;
        var addresses = _options.MaxAddressesPerToken;
        for (var i = 0; i < 3; i++)
        {
            var isV6 = i == 2;
            foreach (var more in new[] { 0, 1 })
            {
                yield return (Some(0.2 + (0.2 * i) + (0.05 * more)), at =>
                    Shared(at, a => SampleAddresses.Far(a, a, isV6), networks + more)
                );
                yield return (Some(0.25 + (0.2 * i) + (0.05 * more)), at =>
                    Shared(at, a => SampleAddresses.Far(a % 2, a, isV6), addresses + more)
                );
            }

            // A whole second beyond the allowed skew, and exactly the allowed skew.
            yield return (Some(0.5 + (0.1 * i)), at => At(company.Staff, at, t => t.ExpiresAt + _options.ClockSkew));
            yield return (Some(0.51 + (0.1 * i)), at =>
                At(company.Staff, at, t => t.ExpiresAt + _options.ClockSkew + TimeSpan.FromSeconds(1))
            );
            yield return (Some(0.52 + (0.1 * i)), at => At(company.Shop, at, t => t.ExpiresAt.AddHours(3)));
            yield return (Some(0.53 + (0.1 * i)), at => At(company.Shop, at, t => t.IssuedAt - _options.ClockSkew));
            yield return (Some(0.54 + (0.1 * i)), at =>
                At(company.Shop, at, t => t.IssuedAt - _options.ClockSkew - TimeSpan.FromMinutes(15))
            );
        }

        for (var i = 0; i < 20; i++)
        {
            yield return (Some((i + 0.5) / 21), Unnamed);
        }
    }

    /// <summary>An instance that continues to sign with a retired key.</summary>
    private TokenStory IssuedUnder(SampleKey key, DateTimeOffset at)
    {
        var token = company.Shop.Token(random, at, honest.NewJti(), new SampleHolder(random.Next(_options.Subjects)).Sub, key);
        return new([honest.Log(company.Shop, token, at, instance: 1)], [Use(token, at.AddMinutes(5))]);
    }

    /// <summary>A gateway that never reloads its keys accepts an old key, or a key of the test environment.</summary>
    private TokenStory UnissuedUnder((SampleIssuer Issuer, SampleKey Key) under, DateTimeOffset at) =>
        new(
            [],
            [
                Use(
                    under.Issuer.Token(random, at, honest.NewJti(), new SampleHolder(random.Next(_options.Subjects)).Sub, under.Key),
                    at.AddMinutes(1)
                ),
            ]
        );

    /// <summary>An issued token that was accepted after trust in its key had ended.</summary>
    private TokenStory Late(SampleIssuer issuer, DateTimeOffset used, DateTimeOffset at)
    {
        var (token, issuance) = honest.Mint(issuer, new SampleHolder(random.Next(_options.Subjects)).Sub, at);
        return new([issuance], [Use(token, at.AddMinutes(1)), Use(token, used)]);
    }

    /// <summary>An altered token of an issuer that logs no hash: the lifetime or the audience differs.</summary>
    private TokenStory Stretched(int n, DateTimeOffset at)
    {
        var (token, issuance) = honest.Mint(company.Staff, new SampleHolder(random.Next(_options.Subjects)).Sub, at);
        var altered =
            n % 2 == 0 ? token with { ExpiresAt = token.ExpiresAt.AddHours(12) } : token with { Aud = "https://admin.market.example" };
        return new([issuance], [Use(token, at.AddMinutes(1)), Use(altered, at.AddMinutes(9))]);
    }

    /// <summary>A legitimate token at an old gateway, which does not log subject and expiry. Missing values cannot differ.</summary>
    private TokenStory NearlySilent(DateTimeOffset at)
    {
        var (token, issuance) = honest.Mint(company.Partners, new SampleHolder(random.Next(_options.Subjects)).Sub, at);
        return new(
            [issuance],
            [
                SampleGateway.Legacy.Accepts(
                    token.Presented(isLegacy: true) with
                    {
                        Sub = "",
                        ExpiresAt = null,
                    },
                    at.AddMinutes(1),
                    SampleAddresses.Office(3),
                    "",
                    random
                ),
            ]
        );
    }

    private TokenStory Shared(DateTimeOffset at, Func<int, string> address, int count)
    {
        var (token, issuance) = honest.Mint(company.Shop, new SampleHolder(random.Next(_options.Subjects)).Sub, at);
        return new([issuance], [.. Enumerable.Range(0, count).Select(a => Use(token, at.AddSeconds(20 * a), address(a)))]);
    }

    /// <summary>An access at a time by the gateway's clock.</summary>
    private TokenStory At(SampleIssuer issuer, DateTimeOffset at, Func<SampleToken, DateTimeOffset> logged)
    {
        var (token, issuance) = honest.Mint(issuer, new SampleHolder(random.Next(_options.Subjects)).Sub, at);
        var line = Use(token, at);
        return new(
            [issuance],
            [line with { TimeGenerated = logged(token), Arrived = logged(token) > at ? logged(token).AddSeconds(90) : line.Arrived }]
        );
    }

    private TokenStory Unnamed(DateTimeOffset at)
    {
        var token = company.Partners.Token(random, at, "", "returns-terminal", company.Partners.KeyAt(at, 0));
        return new(
            [],
            [
                SampleGateway.Legacy.Accepts(
                    token.Presented(isLegacy: true) with
                    {
                        Jti = null,
                    },
                    at.AddSeconds(30),
                    SampleAddresses.Office(7),
                    "terminal/1.0",
                    random
                ),
            ]
        );
    }

    private AccessLine Use(SampleToken token, DateTimeOffset at, string? address = null) =>
        SampleGateway.North.Accepts(
            token.Presented(isLegacy: false),
            at,
            address ?? SampleAddresses.Home(random.Next(_options.Subjects), 0),
            "okhttp/5.1.0",
            random
        );
}
