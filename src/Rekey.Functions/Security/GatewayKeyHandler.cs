using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Rekey.Functions.Security;

/// <summary>Authenticates gateways by a key of their own in <c>X-Rekey-Key</c>. Every configured hash is compared, in constant time.</summary>
public sealed class GatewayKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AuthOptions auth)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "GatewayKey";

    public const string Header = "X-Rekey-Key";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var given = Request.Headers[Header];
        if (given.Count != 1 || given[0] is not { Length: > 0 and <= 512 } key)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        string? name = null;
        foreach (var known in auth.GatewayKeys)
        {
            name = CryptographicOperations.FixedTimeEquals(hash, Convert.FromHexString(known.Sha256)) ? known.Name : name;
        }

        return Task.FromResult(name is null
            ? AuthenticateResult.Fail("Unknown gateway key.")
            : AuthenticateResult.Success(new(new(new ClaimsIdentity([new("oid", $"gateway:{name}"), new("roles", Roles.Gateway)], SchemeName, "oid", "roles")), SchemeName)));
    }
}
