namespace Rekey.Trust.Lists;

/// <summary>The rules for the times of every token, which a gateway needs to judge as Rekey does.</summary>
/// <param name="MaxLifetimeSeconds">The longest <c>exp - iat</c>.</param>
/// <param name="ClockSkewSeconds">The tolerated clock skew.</param>
public sealed record TokenRules(double MaxLifetimeSeconds, double ClockSkewSeconds)
{
    public static TokenRules Of(TrustOptions options) => new(options.MaxTokenLifetime.TotalSeconds, options.ClockSkew.TotalSeconds);

    /// <summary>The rules as settings.</summary>
    public TrustOptions ToOptions() =>
        new() { MaxTokenLifetime = TimeSpan.FromSeconds(MaxLifetimeSeconds), ClockSkew = TimeSpan.FromSeconds(ClockSkewSeconds) };
}
