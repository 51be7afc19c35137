using Rekey.Trust;

namespace Rekey.Rotations.Steps.Draining;

/// <summary>The answer when no log is connected: unknown.</summary>
public sealed class NoSigningLog : ISigningActivity
{
    public string WouldHelp =>
        "Connect a log: set Rekey:Azure:LogAnalytics:WorkspaceId to a workspace with the token issuances or with AZKVAuditLogs, or set "
        + "Rekey:LogFolder.";

    public Task<SigningActivity> SinceAsync(
        SigningKey key,
        IReadOnlyList<string> versions,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => Task.FromResult(SigningActivity.Unknown);
}
