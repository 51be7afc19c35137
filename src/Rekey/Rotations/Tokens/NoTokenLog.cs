using Rekey.Trust;

namespace Rekey.Rotations.Tokens;

/// <summary>The count when no log of issuances is connected: unknown.</summary>
public sealed class NoTokenLog(TimeProvider timeProvider) : ILiveTokens
{
    public Task<LiveTokenCount> CountAsync(SigningKey key, IReadOnlyList<string> versions, CancellationToken cancellationToken) =>
        Task.FromResult(
            LiveTokenCount.Unknown(
                timeProvider.GetUtcNow(),
                "No log of issuances is connected: set Rekey:Azure:LogAnalytics:WorkspaceId or Rekey:LogFolder."
            )
        );
}
