using System.Collections.Immutable;

namespace Rekey.Notifications.Incidents;

/// <summary>How far the rotation of an incident's key is.</summary>
/// <param name="Causes">The incident's causes for it: without any, the key is not at stake.</param>
/// <param name="IsImmediate">Whether live tokens end with it.</param>
/// <param name="ContainedAt">When its old versions were revoked and the list without them was published; null before.</param>
/// <param name="IsVerified">Whether the rotation was read back: nothing more follows.</param>
public sealed record KeyProgress(
    ImmutableList<string> Causes,
    bool IsImmediate,
    DateTimeOffset? ContainedAt = null,
    bool IsVerified = false
);
