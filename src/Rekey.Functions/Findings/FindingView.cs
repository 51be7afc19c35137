using Rekey.Findings;
using Rekey.Sweeps;

namespace Rekey.Functions.Findings;

/// <summary>What the functions about findings answer.</summary>
internal static class FindingView
{
    public static object Of(Finding f, DamageAssessment? damage = null, IEnumerable<object>? tokens = null, string? next = null,
        IReadOnlyList<string>? unreadable = null) => new
    {
        f.Id,
        f.Kind,
        f.About,
        severity = f.Severity.ToString(),
        f.Title,
        f.Remedy,
        f.Evidence,
        f.FirstSeen,
        f.LastSeen,
        f.RaisedAt,
        f.ClosedAt,
        f.ClosedBecause,
        damage,
        tokens,
        next,
        unreadable,
    };

    public static object Of(TrackedToken t) => new
    {
        id = t.Token.Id,
        standing = t.Standing.ToString(),
        t.Token.Iss,
        t.Token.Jti,
        t.Token.Kid,
        t.Token.Sub,
        t.Token.Aud,
        t.Token.IssuedAt,
        t.Token.ExpiresAt,
        t.Token.SigningInputSha256,
        t.Token.KeyThumbprint,
        t.Token.SignatureVerified,
        t.IsPastHold,
        blockedUntil = t.Block is { IsListed: true } block ? block.ExpiresAt : (DateTimeOffset?)null,
        t.Uses,
    };
}
