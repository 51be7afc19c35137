using System.Text.Json.Serialization;
using Rekey.Rotations;
using Rekey.Trust;
using Rekey.Trust.History;
using Rekey.Trust.Lists;

namespace Rekey.Functions.Trust.Views;

/// <summary>A version of a governed key, as the ledger has it.</summary>
/// <param name="Version">The vault's version.</param>
/// <param name="Thumbprint">RFC 7638, SHA-256.</param>
/// <param name="Window">When it is trusted.</param>
/// <param name="Why">Why it became trusted: the decision of the approvers, or the rotation that made it.</param>
/// <param name="RevokedAt">When trust in it ended; null while it has not been revoked.</param>
/// <param name="WorthlessAt">When the last cached copy of it expires at verifiers; null while it has not been revoked.</param>
public sealed record KeyVersionView(
    string Version,
    string Thumbprint,
    [property: JsonConverter(typeof(JsonStringEnumConverter<KeyVersionState>))] KeyVersionState State,
    TrustWindow Window,
    string Why,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? WorthlessAt
)
{
    /// <param name="current">The version that issuers sign with; null for none.</param>
    /// <param name="rotation">The last rotation of its key; null for none.</param>
    public static KeyVersionView Of(
        VersionRecord version,
        VersionRecord? current,
        TrustHistory history,
        Rotation? rotation,
        TrustOptions trust,
        DateTimeOffset now
    )
    {
        DateTimeOffset? revokedAt = history.Revoked.TryGetValue(version.Thumbprint, out var at) ? at : null;
        var until = version.IssuedUntil + KeyRetention.Of(trust);
        var isOfRotation = rotation is not null && rotation.OldVersions.Any(o => o.Version == version.Version);
        return new(
            version.Version,
            version.Thumbprint,
            revokedAt is not null ? KeyVersionState.Revoked
                : until <= now ? KeyVersionState.Expired
                : version.IssuedUntil is not null ? KeyVersionState.Retired
                : version == current ? KeyVersionState.Current
                : KeyVersionState.Announced,
            new(version.TrustedFrom, version.CurrentFrom, version.IssuedUntil, until),
            version.Basis,
            revokedAt,
            revokedAt is null
                ? null
                : (isOfRotation ? RotationPolicy.WorthlessAt(rotation!, trust) : null) ?? revokedAt + trust.VerifierCacheTime
        );
    }
}
