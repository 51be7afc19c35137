namespace Rekey.Detections.Samples;

/// <summary>A legitimate token holder: at home, on the road behind a carrier's NAT, or at the office.</summary>
internal sealed class SampleHolder(int number)
{
    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_2 like Mac OS X) AppleWebKit/605.1.15",
        "Mozilla/5.0 (Linux; Android 16; Pixel 10), AppleWebKit/537.36",
        "MarketApp/7.4 \"lite\"",
        "okhttp/5.1.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
    ];

    public string Sub { get; } = $"c{number:D7}";

    public string Agent => Agents[number % Agents.Length];

    /// <summary>The networks that one token of theirs is used from, each with as many addresses as may be: never more than a plausible
    /// holder has.</summary>
    public string[] Way(Random random, SampleOptions options)
    {
        var networks = Math.Min(
            options.MaxNetworksPerToken,
            random.Next(10) switch
            {
                < 6 => 1,
                < 9 => 2,
                _ => 3,
            }
        );
        var steps = Math.Max(1, options.MaxAddressesPerToken / 4);
        var start = random.Next(Agents.Length);
        var way = new List<string>();
        for (var i = 0; i < networks; i++)
        {
            way.AddRange(
                ((start + i) % 3) switch
                {
                    0 => [SampleAddresses.Home(number, random.Next(2))],
                    1 => Enumerable
                        .Range(0, 1 + random.Next(steps))
                        .Select(s => SampleAddresses.Carrier(number % SampleAddresses.Carriers, number + s)),
                    _ => [SampleAddresses.Office(number)],
                }
            );
        }

        return [.. way];
    }
}
