using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Rekey.AspNetCore.AccessLogs;

namespace Rekey.AspNetCore.Tokens;

/// <summary>The bearer handler's events: writes the access log around the application's own events, and gives no caller a reason.</summary>
/// <param name="own">The application's events; null when it has none.</param>
/// <param name="ownType">The type of the application's events, when they come from its services.</param>
internal sealed class TokenEvents(JwtBearerEvents? own, Type? ownType, GatewayLog log) : JwtBearerEvents
{
    private readonly JwtBearerEvents _own = own ?? new();

    public override async Task TokenValidated(TokenValidatedContext context)
    {
        await Own(context.HttpContext.RequestServices).TokenValidated(context);
        if (context.Result is { Succeeded: false })
        {
            log.Refused(context.HttpContext, RefusalReasons.Application, (context.SecurityToken as AcceptedToken)?.Facts);
        }
        else if (context.SecurityToken is AcceptedToken accepted)
        {
            log.Accepted(context.HttpContext, accepted);
        }
    }

    public override async Task AuthenticationFailed(AuthenticationFailedContext context)
    {
        await Own(context.HttpContext.RequestServices).AuthenticationFailed(context);
        if (context.Exception is RefusedTokenException refused)
        {
            log.Refused(context.HttpContext, refused.Reason, refused.Claimed);
        }
        else
        {
            log.Refused(context.HttpContext, RefusalReasons.Error, claimed: (Rekey.Trust.ClaimedToken?)null);
        }
    }

    /// <summary>RFC 6750 §3.1: <c>invalid_token</c>, for every reason.</summary>
    public override Task Challenge(JwtBearerChallengeContext context)
    {
        if (context.AuthenticateFailure is not null)
        {
            (context.Error, context.ErrorDescription, context.ErrorUri) = ("invalid_token", null, null);
        }

        return Own(context.HttpContext.RequestServices).Challenge(context);
    }

    public override Task Forbidden(ForbiddenContext context) => Own(context.HttpContext.RequestServices).Forbidden(context);

    public override Task MessageReceived(MessageReceivedContext context) =>
        Own(context.HttpContext.RequestServices).MessageReceived(context);

    private JwtBearerEvents Own(IServiceProvider services) =>
        ownType is null ? _own : (JwtBearerEvents)services.GetRequiredService(ownType);
}
