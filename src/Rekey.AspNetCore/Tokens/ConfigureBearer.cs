using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Rekey.AspNetCore.AccessLogs;

namespace Rekey.AspNetCore.Tokens;

/// <summary>
/// Sets the bearer scheme up: Rekey's handler validates, and nothing comes from an authority. A plain OIDC set-up holds keys for 12 hours
/// and goes on with the last good ones for one more.
/// </summary>
internal sealed class ConfigureBearer(GatewayTokenHandler handler, GatewayLog log) : IPostConfigureOptions<JwtBearerOptions>
{
    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        if (name != JwtBearerDefaults.AuthenticationScheme)
        {
            return;
        }

        handler.MapInboundClaims = options.MapInboundClaims;
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(handler);
        options.ConfigurationManager = null;
        options.Configuration = null;
        options.RefreshOnIssuerKeyNotFound = false;
        options.TokenValidationParameters.ValidateWithLKG = false;
        options.Events = new TokenEvents(options.Events, options.EventsType, log);
        options.EventsType = null;
    }
}
