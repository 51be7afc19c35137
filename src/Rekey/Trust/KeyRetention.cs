namespace Rekey.Trust;

/// <summary>
/// How long a retired kid stays trusted after issuers have stopped signing with it: the last honest token has expired by then on every
/// clock. The trust list, the rotations and the sweeps all ask here.
/// </summary>
public static class KeyRetention
{
    public static TimeSpan Of(TrustOptions options) => options.MaxTokenLifetime + options.ClockSkew;
}
