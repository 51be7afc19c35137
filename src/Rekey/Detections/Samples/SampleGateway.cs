using Rekey.Detections.Samples.Stories;

namespace Rekey.Detections.Samples;

/// <summary>A gateway with its own clock and delivery delays.</summary>
/// <param name="ClockOffset">The offset of its clock.</param>
/// <param name="IsLegacy">It logs neither hash, nor thumbprint, nor whether it verified.</param>
/// <param name="HoldsBack">Share of its lines that arrive days late.</param>
internal sealed record SampleGateway(string Name, TimeSpan ClockOffset, bool IsLegacy, double HoldsBack)
{
    private static readonly string[] Paths =
    [
        "/api/orders",
        "/api/basket",
        "/api/account",
        "/api/addresses",
        "/api/search",
        "/pay/methods",
    ];

    public static readonly SampleGateway North = new("edge-north", TimeSpan.FromSeconds(3), IsLegacy: false, 0);
    public static readonly SampleGateway South = new("edge-south", TimeSpan.FromSeconds(41), IsLegacy: false, 0.002);
    public static readonly SampleGateway West = new("edge-west", TimeSpan.FromSeconds(-55), IsLegacy: false, 0.1);
    public static readonly SampleGateway Legacy = new("edge-legacy", TimeSpan.FromSeconds(15), IsLegacy: true, 0.01);

    /// <summary>One that most tokens pass.</summary>
    public static SampleGateway Usual(Random random) =>
        random.Next(10) switch
        {
            < 5 => North,
            < 8 => South,
            _ => West,
        };

    /// <summary>Its line about a token that it accepted at a moment.</summary>
    public AccessLine Accepts(
        PresentedToken token,
        DateTimeOffset at,
        string address,
        string agent,
        Random random,
        string? path = null,
        long status = 200
    )
    {
        at = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        var logged = at + ClockOffset;
        return new(at + Delay(random), logged, token, address, agent, path ?? Paths[random.Next(Paths.Length)], status, Name);
    }

    /// <summary>Seconds, as a rule; up to three days for what it holds back, in whatever order.</summary>
    private TimeSpan Delay(Random random) =>
        random.NextDouble() < HoldsBack
            ? TimeSpan.FromHours(1 + (random.NextDouble() * 71))
            : TimeSpan.FromMilliseconds(60_000 + random.Next(60_000));
}
