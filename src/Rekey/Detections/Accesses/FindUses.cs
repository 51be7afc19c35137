using Rekey.Core;

namespace Rekey.Detections.Accesses;

/// <summary>Looks in the gateways' logs for the accesses with one token, on request.</summary>
/// <param name="log">Null when no log is connected.</param>
public sealed class FindUses(TimeProvider timeProvider, ITokenLog? log = null)
{
    /// <summary>How far it looks back. It bounds what a request reads.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(7);

    /// <summary>How long a log may take: a person waits.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    /// <summary>Never throws because of a log: then the gateways are unknown, and it says why.</summary>
    public async Task<SeenUses> FindAsync(AskedToken asked, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        if (log is null)
        {
            return new(null, null, now, "No log of accesses is connected: set Rekey:Azure:LogAnalytics:WorkspaceId or Rekey:LogFolder.");
        }

        var since = now - LookBack;
        using var patience = new CancellationTokenSource(LongestWait, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var uses = await log.UsesAsync(asked, since, both.Token);
            return new(
                uses.Gateways,
                since,
                now,
                !uses.IsWhole ? "A part of the log was not read: other gateways may have accepted it too."
                    : uses.Gateways.Count == UsesQuery.MostGateways ? $"Only {UsesQuery.MostGateways} gateways are named."
                    : null
            );
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, since, now, $"The log did not answer within {LongestWait.TotalSeconds:N0} s.");
        }
        catch (Exception e) when (e is RetryLaterException or CannotContinueException)
        {
            return new(null, since, now, $"The log could not be read: {e.Message}");
        }
    }
}
