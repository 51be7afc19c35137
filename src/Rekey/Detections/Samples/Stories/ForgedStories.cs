namespace Rekey.Detections.Samples.Stories;

/// <summary>The forger: a former engineer with a copy of a signing key, from thousands of addresses, one customer after another.</summary>
internal sealed class ForgedStories(SampleCompany company, Random random, HonestStories honest)
{
    private readonly SampleOptions _options = company.Options;
    private static readonly string[] Agents = ["python-requests/2.32", "MarketApp/7.4 \"lite\"", "okhttp/5.1.0"];

    /// <summary>Returns when each token is forged: slowly at first, over the remaining time.</summary>
    public IEnumerable<(DateTimeOffset At, Func<DateTimeOffset, TokenStory> Make)> Plan()
    {
        var span = _options.End - company.StolenAt - TimeSpan.FromHours(2);
        for (var i = 0; i < _options.ForgedTokens; i++)
        {
            var (n, share) = (i, Math.Sqrt((i + 0.5) / _options.ForgedTokens));
            yield return (company.StolenAt + (span * share), at => Forge(n, at));
        }

        for (var i = 0; i < 12; i++)
        {
            var n = i;
            yield return (company.StolenAt + (span * (i + 1) / 14), at => Alter(n, at));
        }
    }

    /// <summary>Makes a token that no issuer issued.</summary>
    private TokenStory Forge(int n, DateTimeOffset at)
    {
        var token = company.Shop.Token(random, at, honest.NewJti(), new SampleHolder(n * 11 % _options.Subjects).Sub, company.StolenKey);
        var uses = 1 + random.Next(4);

        // Three of them are tried from everywhere at once: shared as well.
        var addresses = n % Math.Max(10, _options.ForgedTokens / 3) == 7 ? _options.MaxNetworksPerToken + 15 : 1;
        return new(
            [],
            [.. Enumerable.Range(0, uses * addresses).Select(u => Use(token, at, (n + (u % addresses * 31)) % _options.ForgerAddresses))],
            IsAttack: true
        );
    }

    /// <summary>A token that the forger was honestly issued, with another customer's name in it: its <c>jti</c> stands in the log of
    /// issuances.</summary>
    private TokenStory Alter(int n, DateTimeOffset at)
    {
        var (own, issuance) = honest.Mint(company.Shop, new SampleHolder(n).Sub, at);
        var altered = own with { Sub = new SampleHolder(n + 50).Sub };
        return new([issuance], [Use(own, at, n), Use(altered, at, n), Use(altered, at, n + 1)], IsAttack: true);
    }

    private AccessLine Use(SampleToken token, DateTimeOffset at, int address) =>
        SampleGateway
            .Usual(random)
            .Accepts(
                token.Presented(isLegacy: false),
                at + TimeSpan.FromMilliseconds(random.Next(1_500_000)),
                SampleAddresses.Forger(address % _options.ForgerAddresses, _options.ForgerAddresses),
                Agents[random.Next(Agents.Length)],
                random,
                "/api/addresses"
            );
}
