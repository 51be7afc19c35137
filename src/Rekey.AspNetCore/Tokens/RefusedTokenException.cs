using Microsoft.IdentityModel.Tokens;
using Rekey.Trust;

namespace Rekey.AspNetCore.Tokens;

/// <summary>A token was refused. The bearer handler passes it to the application's events; a caller never sees the reason.</summary>
/// <param name="reason">A stable code, such as <c>blocked</c>.</param>
/// <param name="claimed">What the token says of itself; null when it cannot be read.</param>
internal sealed class RefusedTokenException(string reason, ClaimedToken? claimed)
    : SecurityTokenException($"Rekey refuses the token: {reason}.")
{
    public string Reason { get; } = reason;

    public ClaimedToken? Claimed { get; } = claimed;
}
