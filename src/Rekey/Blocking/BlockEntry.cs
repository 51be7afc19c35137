using Rekey.Core;

namespace Rekey.Blocking;

/// <summary>Tokens that gateways must refuse, until the entry expires.</summary>
/// <param name="Issuer">The exact <c>iss</c>.</param>
/// <param name="Value">The hash, <c>jti</c>, <c>sub</c> or <c>kid</c>.</param>
/// <param name="IssuedBefore">Tokens with a later <c>iat</c> are not meant; always there for <see cref="BlockKind.Subject"/> and
/// <see cref="BlockKind.Kid"/>.</param>
/// <param name="ExpiresAt">When no token that it names can be valid any more.</param>
/// <param name="Reason">A stable code, such as a verdict's.</param>
/// <param name="FindingId">What it rests on; null for an operator's own.</param>
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
    /// <summary>An issuer or a value longer than this names no token that anybody need list: such a token is named by its hash.</summary>
    public const int MaxText = 2048;

    /// <summary>The kid that signed the token it names; null when nobody said. It counts there, and falls with it.</summary>
    public string? Kid { get; init; }

    /// <summary>What it names, once: a second entry for the same replaces the first.</summary>
    public string Id => IdOf(Kind, Issuer, Value);

    /// <summary>The id of an entry for this.</summary>
    public static string IdOf(BlockKind kind, string issuer, string value) => StableId.Of("block", kind.ToString(), issuer, value);
}
