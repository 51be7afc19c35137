namespace Rekey.Detections.Samples.Stories;

/// <summary>Legitimate tokens, of which some were never used.</summary>
internal sealed class HonestStories(SampleCompany company, Random random)
{
    private readonly SampleOptions _options = company.Options;

    public TokenStory Make(DateTimeOffset time)
    {
        var issuer = random.Next(100) switch
        {
            < 80 => company.Shop,
            < 92 => company.Partners,
            _ => company.Staff,
        };
        var holder = new SampleHolder(random.Next(_options.Subjects));
        var (token, issuance) = Mint(issuer, holder.Sub, time);
        return new([issuance], Uses(issuer, token, time, holder, Count()));
    }

    /// <summary>Makes a token of a legitimate holder, and its issuance line.</summary>
    public (SampleToken Token, IssuanceLine Issuance) Mint(SampleIssuer issuer, string sub, DateTimeOffset time)
    {
        var instance = random.Next(issuer.Instances);
        var token = issuer.Token(random, time, NewJti(), sub, issuer.KeyAt(time, instance));
        return (token, Log(issuer, token, time, instance));
    }

    public IssuanceLine Log(SampleIssuer issuer, SampleToken token, DateTimeOffset time, int instance) =>
        issuer.Issue(
            token,
            time,
            instance,
            random.Next(200) == 0 ? TimeSpan.FromMinutes(1 + random.Next(120)) : TimeSpan.FromMilliseconds(200 + random.Next(20_000))
        );

    /// <summary>Makes the accesses of a legitimate token: none after its <c>exp</c> or the end of its key, when gateways refuse
    /// it.</summary>
    public List<AccessLine> Uses(SampleIssuer issuer, SampleToken token, DateTimeOffset time, SampleHolder holder, int count)
    {
        var lines = new List<AccessLine>(count);
        if (count == 0)
        {
            return lines;
        }

        var way = holder.Way(random, _options);
        var (presented, legacy) = (token.Presented(isLegacy: false), token.Presented(isLegacy: true));
        var end = issuer.Keys.First(k => k.Kid == token.Kid).Window.TrustedUntil - TimeSpan.FromMinutes(2);
        for (var i = 0; i < count; i++)
        {
            var at = time + (token.ExpiresAt - time) * random.NextDouble();
            if (at >= end)
            {
                continue;
            }

            var gateway = issuer == company.Partners && random.Next(5) == 0 ? SampleGateway.Legacy : SampleGateway.Usual(random);
            var address = way[random.Next(way.Length)];
            var isRetried = random.Next(50) == 0;
            var line = gateway.Accepts(
                gateway.IsLegacy ? legacy : presented,
                at,
                address,
                holder.Agent,
                random,
                status: isRetried ? 503 : 200
            );
            lines.Add(line);
            if (isRetried)
            {
                lines.Add(line with { TimeGenerated = line.TimeGenerated.AddMilliseconds(250), StatusCode = 200 });
            }
        }

        return lines;
    }

    public string NewJti()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Geometric, with the wanted mean; one token in twenty is never used.</summary>
    private int Count()
    {
        if (random.Next(20) == 0)
        {
            return 0;
        }

        var more = _options.AccessesPerToken - 1;
        return 1 + (more <= 0 ? 0 : (int)Math.Min(200, Math.Log(1 - random.NextDouble()) / Math.Log(more / (more + 1))));
    }
}
