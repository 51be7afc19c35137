using Rekey.Detections.Sweeps;
using Rekey.Trust;

namespace Rekey.Detections.Samples;

/// <summary>The options of sample logs. The same options give the same lines.</summary>
public sealed record SampleOptions
{
    public int Seed { get; init; } = 1;

    /// <summary>The first day; whole logs lie behind it.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Days that the logs cover, at least 2.</summary>
    public int Days { get; init; } = 180;

    /// <summary>The approximate number of accesses by legitimate holders, without the attack and the oddities.</summary>
    public int Accesses { get; init; } = 150_000;

    /// <summary>The <c>iss</c> of the shop, whose key is stolen: another company's, to play its breach.</summary>
    public string ShopIssuer { get; init; } = "https://login.market.example";

    /// <summary>RFC 7638 thumbprint, and <c>kid</c>, of the stolen key; null makes one up.</summary>
    public string? StolenThumbprint { get; init; }

    /// <summary>The average accesses of a legitimate token, at least 1.</summary>
    public double AccessesPerToken { get; init; } = 4;

    public int Subjects { get; init; } = 30_000;

    /// <summary>Addresses that the forger comes from, each at least once.</summary>
    public int ForgerAddresses { get; init; } = 2_313;

    /// <summary>Tokens that the forger makes; at least one an address.</summary>
    public int ForgedTokens { get; init; } = 3_000;

    public int MaxNetworksPerToken { get; init; } = 10;

    public int MaxAddressesPerToken { get; init; } = 50;

    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan MaxTokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a retired key stays trusted.</summary>
    public TimeSpan Retention => KeyRetention.Of(new() { MaxTokenLifetime = MaxTokenLifetime, ClockSkew = ClockSkew });

    public TimeSpan VerifierCacheTime { get; init; } = TimeSpan.FromHours(13);

    public TimeSpan MinSilence { get; init; } = TimeSpan.FromHours(6);

    public DateTimeOffset End => Start.AddDays(Days);

    /// <summary>Returns every mistake; empty if there is none.</summary>
    public IReadOnlyList<string> Validate() =>
        [
            .. Days is < 2 or > 3_660 ? ["Days must be 2 to 3660."] : Array.Empty<string>(),
            .. !Uri.TryCreate(ShopIssuer, UriKind.Absolute, out _)
                ? ["ShopIssuer must be an absolute address, as an iss usually is."]
                : Array.Empty<string>(),
            .. Accesses < 100 ? ["Accesses must be at least 100."] : Array.Empty<string>(),
            .. AccessesPerToken < 1 ? ["AccessesPerToken must be at least 1."] : Array.Empty<string>(),
            .. Subjects < 100 ? ["Subjects must be at least 100."] : Array.Empty<string>(),
            .. ForgerAddresses is < 1 or > SampleAddresses.MaxForgerAddresses
                ? [$"ForgerAddresses must be 1 to {SampleAddresses.MaxForgerAddresses}."]
                : Array.Empty<string>(),
            .. ForgedTokens < ForgerAddresses
                ? ["ForgedTokens must be at least ForgerAddresses: the forger uses each address."]
                : Array.Empty<string>(),
            .. MaxNetworksPerToken is < 2 or > 30 || MaxAddressesPerToken < MaxNetworksPerToken || MaxAddressesPerToken > 100
                ? ["MaxNetworksPerToken must be 2 to 30, MaxAddressesPerToken no less and at most 100."]
                : Array.Empty<string>(),
            .. ClockSkew < TimeSpan.FromMinutes(2) || MaxTokenLifetime < TimeSpan.FromHours(1)
                ?
                [
                    "ClockSkew must be at least 2 minutes, and MaxTokenLifetime at least an hour: the sample clocks differ and "
                        + "the sample tokens live that much.",
                ]
                : Array.Empty<string>(),
        ];

    /// <summary>Returns the parameters for a sweep of these logs.</summary>
    /// <param name="windows">Every key that was ever trusted.</param>
    public SweepParameters ToParameters(IReadOnlyList<KidWindow> windows) =>
        new(MaxTokenLifetime, ClockSkew, VerifierCacheTime, MaxNetworksPerToken, MaxAddressesPerToken, MinSilence, windows);
}
