using Rekey.AspNetCore.AccessLogs;

namespace Rekey.AspNetCore;

/// <summary>Settings of a gateway that refuses tokens by Rekey's lists.</summary>
public sealed class GatewayOptions : PullOptions
{
    /// <summary>How many accepted tokens are remembered, so that a repeated token needs no signature check; 0 remembers none.</summary>
    /// <remarks>Ten thousand take about 50 MB with tokens of 1 KB. They are forgotten when a list changes.</remarks>
    public int RememberedTokens { get; set; } = 10_000;

    /// <summary>Goes on with the last lists after their end of validity.</summary>
    /// <remarks>False, because keys that were revoked and tokens that were blocked since then are accepted: a person with a stolen key
    /// only needs to keep this gateway from Rekey.</remarks>
    public bool AcceptByExpiredLists { get; set; }

    /// <summary>Where the access log goes.</summary>
    public AccessLogOptions AccessLog { get; set; } = new();

    internal string LogFolder => Path.Combine(Folder, "log");

    internal override string Role => "gateway";

    internal override string WhenClosed => "refuses every token";
}
