using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Rotations.Steps.Draining;

/// <summary>Finds out from the logs whether old versions still sign.</summary>
public sealed class OldVersionUse(ISigningActivity activity, TrustLedger trustLedger, RotationOptions options, TrustOptions trust)
{
    /// <summary>Which log would answer where none does, as a sentence.</summary>
    public string WouldHelp => activity.WouldHelp;

    /// <summary>Reads the logs since the issuer could learn of the new version.</summary>
    /// <returns>What they show, and until when to wait; null when waiting shows nothing more.</returns>
    public async Task<(SigningActivity Seen, DateTimeOffset? WaitUntil)> ReadAsync(
        Rotation rotation,
        BoundKey key,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        // Logs of the last LogLag are incomplete. So the window without signatures has that length and ends that long ago, and it begins
        // when issuers behind a cache have learned of the new version too.
        var published = rotation.CurrentPublishedAt!.Value;
        var since = now - (2 * options.LogLag);
        var ripe = published + trust.JwksMaxAge + (2 * options.LogLag);
        var history = await trustLedger.ReadAsync(cancellationToken);
        var old = history.TrustedOf(key.Key.Id).Where(v => v.Version != rotation.NewVersion).Select(v => v.Version).ToList();
        var seen = await activity.SinceAsync(key.Key, old, now < ripe ? published : since, cancellationToken);
        return (
            seen,
            seen switch
            {
                SigningActivity.Unknown => published + options.AssumeDrainedAfter,
                SigningActivity.Some when now >= ripe => null,
                _ => ripe,
            }
        );
    }
}
