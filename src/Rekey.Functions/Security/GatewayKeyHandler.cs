using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Rekey.Functions.Security;

/// <summary>Authenticates gateways by their own key in <c>X-Rekey-Key</c>.</summary>
public sealed class GatewayKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    GatewayCallers callers
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "GatewayKey";

    public const string Header = "X-Rekey-Key";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var given = Request.Headers[Header];
        if (given.Count != 1 || given[0] is not { Length: > 0 and <= GatewayCallers.LongestKey } key)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        return Task.FromResult(
            callers.Find(key) is { } caller
                ? AuthenticateResult.Success(new(caller, SchemeName))
                : AuthenticateResult.Fail("Unknown gateway key.")
        );
    }
}
