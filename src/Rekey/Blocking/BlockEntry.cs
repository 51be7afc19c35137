using Rekey.Core;
using Rekey.Trust;

namespace Rekey.Blocking;

/// <summary>An entry of the blocklist: tokens that gateways must refuse until it expires.</summary>
/// <param name="Issuer">The exact <c>iss</c>.</param>
/// <param name="Value">The hash, <c>jti</c>, <c>sub</c> or <c>kid</c>.</param>
/// <param name="IssuedBefore">
/// Tokens with a later <c>iat</c> are not blocked; always set for <see cref="BlockKind.Subject"/> and <see cref="BlockKind.Kid"/>.
/// </param>
/// <param name="ExpiresAt">When no token that it names can be valid any more.</param>
/// <param name="Reason">A stable code, such as a verdict's.</param>
/// <param name="FindingId">The finding that it belongs to; null for an operator's entry.</param>
public sealed record BlockEntry(
    BlockKind Kind,
    string Issuer,
    string Value,
    DateTimeOffset? IssuedBefore,
    DateTimeOffset ExpiresAt,
    string Reason,
    string? FindingId
)
{
    /// <summary>The maximum length of an issuer or a value. Introspect refuses a token with a longer one.</summary>
    public const int MaxText = TokenJudge.MaxNameLength;

    /// <summary>
    /// The kid of the token it names; null when unknown. The entry counts against that kid, and is removed when the kid is revoked.
    /// </summary>
    public string? Kid { get; init; }

    /// <summary>The id, a function of what it names: a second entry for the same replaces the first.</summary>
    public string Id => IdOf(Kind, Issuer, Value);

    /// <summary>The id of an entry for this value.</summary>
    public static string IdOf(BlockKind kind, string issuer, string value) => StableId.Of("block", kind.ToString(), issuer, value);
}
