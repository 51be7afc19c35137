using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace Rekey.Functions.Security;

/// <summary>Authenticates gateways by their own keys.</summary>
public sealed class GatewayCallers(AuthOptions options)
{
    /// <summary>The longest key, in characters.</summary>
    public const int LongestKey = 512;

    private readonly (byte[] Sha256, ClaimsPrincipal Caller)[] _known =
    [
        .. options.GatewayKeys.Select(k =>
            (
                Convert.FromHexString(k.Sha256),
                new ClaimsPrincipal(
                    new ClaimsIdentity(
                        [new("oid", $"gateway:{k.Name}"), new("roles", Roles.Gateway)],
                        GatewayKeyHandler.SchemeName,
                        "oid",
                        "roles"
                    )
                )
            )
        ),
    ];

    /// <summary>Compares every configured hash in constant time. Null when none matches.</summary>
    public ClaimsPrincipal? Find(string key)
    {
        Span<byte> bytes = stackalloc byte[LongestKey * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(key, bytes)], hash);
        ClaimsPrincipal? caller = null;
        foreach (var known in _known)
        {
            caller = CryptographicOperations.FixedTimeEquals(hash, known.Sha256) ? known.Caller : caller;
        }

        return caller;
    }
}
